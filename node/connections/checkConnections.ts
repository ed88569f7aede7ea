import type { Clients } from '../clients'
import { CENTRA } from '../clients/centraErrors'
import { errorCodes } from '../common/errors'
import { isOfKind, UpstreamError } from '../common/upstreamError'
import type { Publisher } from '../delivery/publisher'
import { OWN_SELLER } from '../offers/offerSku'
import { centraOf, type Settings } from '../settings/settings'
import { isAskedOf } from '../sources/sourceOfSeller'
import type { Documents } from '../state/documents'
import { type CheckResult, Checks } from './checks'

/** Everything that exports connect to. */
export interface Connections {
  clients: Pick<Clients, 'catalog' | 'logistics' | 'sellers' | 'skuBindings' | 'offers' | 'centra'>
  documents: Documents
  /** Sends an event that nobody handles. @throws {UpstreamError} */
  sendEvent(): Promise<void>
  /** @throws {SettingsError} {@link SettingsUnavailableError} */
  settings(): Promise<Settings>
  publisher(settings: Settings): Promise<Publisher>
  now(): number
}

/** What each check uses. */
interface Around extends Omit<Connections, 'settings'> {
  checks: Checks
  /** Undefined if they are invalid or cannot be read. */
  settings: Settings | undefined
  /** A SKU to ask for. */
  anySku: Promise<number>
}

/** What is asked for where nothing is known: VTEX looks at permissions first. */
const ANY_ID = 1

const INVALID = 'the settings are invalid or cannot be read'

/** Tries everything that exports connect to, at the same time where possible. Takes less than 25 s and never fails. */
export async function checkConnections(connections: Connections): Promise<CheckResult[]> {
  const checks = new Checks(connections.now)
  const settings = await checks.try('settings', () => connections.settings())
  const skuIds = checks.try('catalog.skuIds', () => connections.clients.catalog.skuIds(1))
  const anySku = skuIds.then((ids) => ids?.[0] ?? ANY_ID)
  const around = { ...connections, checks, settings, anySku }
  await Promise.all([
    checkSkus(around),
    checkStock(around),
    checkSellers(around),
    checkState(around),
    checkCentra(around),
    checkPublisher(around),
  ])
  return checks.results()
}

const isMissing = (thrown: unknown) => isOfKind(thrown, 'missing')

async function checkSkus({ checks, clients: { catalog }, anySku }: Around) {
  const id = await anySku
  const sku = checks.try('catalog.skuDetails', () => catalog.skuDetails(id), isMissing)
  const kits = checks.try('catalog.kits', () => catalog.components(id))
  const { ean, refId } = (await sku) ?? {}
  await Promise.all([
    kits,
    checks.try('catalog.skuByEan', () => catalog.skuByEan(ean || String(ANY_ID))),
    checks.try('catalog.skuIdsByRefIds', () => catalog.skuIdsByRefIds([refId || String(ANY_ID)])),
  ])
}

async function checkStock({ checks, clients: { logistics }, settings, anySku }: Around) {
  if (settings && !isAskedOf(settings, 'own')(OWN_SELLER)) {
    const why = "the settings export no stock of the account's own"
    return checks.skip(['logistics.warehouses', 'logistics.stock'], why)
  }
  const warehouses = checks.try('logistics.warehouses', () => logistics.warehouses())
  const id = await anySku
  await checks.try('logistics.stock', () => logistics.balances(id), isMissing)
  await warehouses
}

async function checkSellers({ checks, clients, settings, anySku }: Around) {
  const { catalog, sellers, skuBindings, offers } = clients
  const register = await checks.try('sellers.register', () => sellers.page(0))
  const isOther = settings
    ? isAskedOf(settings, 'sellers')
    : (sellerId: string) => sellerId !== OWN_SELLER
  const exported = settings?.sellers ?? []
  const candidates = exported.length > 0 ? exported : register?.items.map(({ id }) => id)
  const sellerId = candidates ? candidates.find(isOther) : OWN_SELLER
  if (sellerId === undefined) {
    const why = 'the settings export no other seller, or the register has none'
    return checks.skip(['sellers.bindings', 'sellers.offers'], why)
  }
  const bound = await checks.try('sellers.bindings', () => skuBindings.skuIds(sellerId, 1))
  const skuId = bound?.[0] ?? (await anySku)
  let isOffered = false
  const offersOf = async () => {
    const sku = await catalog.skuDetails(skuId).catch(() => undefined)
    isOffered = bound?.[0] !== undefined && sku?.productId !== undefined
    return offers.ofSku(sku?.productId ?? ANY_ID, skuId)
  }
  await checks.try(
    'sellers.offers',
    offersOf,
    (thrown) => isMissing(thrown) || (!isOffered && isOfKind(thrown, 'malformed'))
  )
}

async function checkState({ checks, documents, sendEvent }: Around) {
  const useDocument = async () => {
    await documents.save('checks', 'connection', { v: 1 })
    await documents.read('checks', 'connection')
    await documents.remove('checks', 'connection')
  }
  await Promise.all([checks.try('vbase', useDocument), checks.try('courier', sendEvent)])
}

async function checkCentra({ checks, clients, settings }: Around) {
  const centra = settings && centraOf(settings)
  if (!centra) return checks.skip(['centra'], settings ? 'centraSellerId is empty' : INVALID)
  await checks.try('centra', () =>
    clients.centra.stock(centra.access, { limit: 1 }).catch(withoutWords)
  )
}

/** Errors of Centra have its text, which is for reports only. */
function withoutWords(thrown: unknown): never {
  if (!(thrown instanceof UpstreamError)) throw thrown
  const { kind, status, code } = thrown
  const what = kind === 'refused' ? 'the request was refused' : errorCodes[code][0]
  const detail = status === undefined ? what : `status ${status}, ${what}`
  throw new UpstreamError(CENTRA, kind, detail, status)
}

async function checkPublisher({ checks, publisher: open, settings }: Around) {
  if (!settings) return checks.skip(['publisher'], INVALID)
  await checks.try('publisher', async () => {
    const publisher = await open(settings)
    try {
      return await publisher.check()
    } finally {
      void publisher.close().catch(() => undefined)
    }
  })
}
