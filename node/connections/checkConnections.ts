import type { Clients } from '../clients'
import { TO_READ_SKUS } from '../clients/catalog'
import { CENTRA } from '../clients/centraErrors'
import { TO_READ_STOCK } from '../clients/logistics'
import { TO_READ_BINDINGS, TO_READ_SELLERS } from '../clients/sellers'
import { errorCodes } from '../common/errors'
import { isOfKind, UpstreamError } from '../common/upstreamError'
import type { Publisher } from '../delivery/publisher'
import { OWN_SELLER } from '../offers/offerSku'
import { centraOf, type Settings } from '../settings/settings'
import { isAskedOf } from '../sources/source'
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

/** Milliseconds: the publisher has a shorter time limit of its own, and says more about it. */
const PUBLISHER_MS = 20_000

const INVALID = 'the settings are invalid or cannot be read'

/** Tries everything that exports connect to, at the same time where possible. Takes less than 25 s and never fails. */
export async function checkConnections(connections: Connections): Promise<CheckResult[]> {
  const checks = new Checks(connections.now)
  const settings = await checks.try('settings', () => connections.settings(), {
    works: 'all settings are valid',
  })
  const skuIds = checks.try('catalog.skuIds', () => connections.clients.catalog.skuIds(1), {
    works: 'SKU ids can be listed',
    needs: TO_READ_SKUS,
  })
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
const isNothing = (thrown: unknown) => isOfKind(thrown, 'missing', 'malformed')

async function checkSkus({ checks, clients: { catalog }, anySku }: Around) {
  const id = await anySku
  const sku = checks.try('catalog.skuDetails', () => catalog.skuDetails(id), {
    works: 'SKUs can be read',
    needs: TO_READ_SKUS,
    isAnswer: isMissing,
  })
  const kits = checks.try('catalog.kits', () => catalog.components(id), {
    works: 'the components of kits can be read',
    needs: TO_READ_SKUS,
  })
  const { ean, refId } = (await sku) ?? {}
  await Promise.all([
    kits,
    checks.try('catalog.skuByEan', () => catalog.skuByEan(ean || String(ANY_ID)), {
      works: 'SKUs can be found by EAN',
      needs: TO_READ_SKUS,
    }),
    checks.try('catalog.skuIdsByRefIds', () => catalog.skuIdsByRefIds([refId || String(ANY_ID)]), {
      works: 'SKUs can be found by reference',
      needs: TO_READ_SKUS,
    }),
  ])
}

async function checkStock({ checks, clients: { logistics }, settings, anySku }: Around) {
  if (settings && !isAskedOf(settings, 'own')(OWN_SELLER)) {
    const why = "the settings export no stock of the account's own"
    checks.skip('logistics.warehouses', why)
    return checks.skip('logistics.stock', why)
  }
  const warehouses = checks.try('logistics.warehouses', () => logistics.warehouses(), {
    works: 'warehouses can be listed',
    needs: TO_READ_STOCK,
  })
  const id = await anySku
  await checks.try('logistics.stock', () => logistics.balances(id), {
    works: 'the stock of SKUs can be read',
    needs: TO_READ_STOCK,
    isAnswer: isMissing,
  })
  await warehouses
}

async function checkSellers({ checks, clients, settings, anySku }: Around) {
  const { catalog, sellers, skuBindings, offers } = clients
  const register = await checks.try('sellers.register', () => sellers.page(0), {
    works: 'the seller register can be read',
    needs: TO_READ_SELLERS,
  })
  const isOther = settings
    ? isAskedOf(settings, 'sellers')
    : (sellerId: string) => sellerId !== OWN_SELLER
  const known = register?.items.map(({ id }) => id) ?? [OWN_SELLER]
  const sellerId =
    [...(settings?.sellers ?? []), ...known].find(isOther) ?? (register ? undefined : OWN_SELLER)
  const mayExport = !settings?.sellers.length || settings.sellers.some(isOther)
  if (sellerId === undefined || !mayExport) {
    const why = 'the settings export no other seller, or the register has none'
    checks.skip('sellers.bindings', why)
    return checks.skip('sellers.offers', why)
  }
  const bound = await checks.try('sellers.bindings', () => skuBindings.skuIds(sellerId, 1), {
    works: 'the SKUs of sellers can be listed',
    needs: TO_READ_BINDINGS,
  })
  const skuId = bound?.[0] ?? (await anySku)
  let isOffered = false
  const offersOf = async () => {
    const sku = await catalog.skuDetails(skuId).catch(() => undefined)
    isOffered = bound?.[0] !== undefined && sku?.productId !== undefined
    return offers.ofSku(sku?.productId ?? ANY_ID, skuId)
  }
  await checks.try('sellers.offers', offersOf, {
    works: 'the offers of sellers can be read',
    needs: TO_READ_SELLERS,
    isAnswer: (thrown) => (isOffered ? isMissing(thrown) : isNothing(thrown)),
  })
}

async function checkState({ checks, documents, sendEvent }: Around) {
  const name = 'connection'
  const useDocument = async () => {
    await documents.save('checks', name, { v: 1 })
    await documents.read('checks', name)
    await documents.remove('checks', name)
  }
  await Promise.all([
    checks.try('vbase', useDocument, {
      works: 'a document was written, read and removed',
      advice: 'Check again in a minute. The app needs the policy vbase-read-write.',
    }),
    checks.try('courier', sendEvent, {
      works: 'an event was accepted',
      advice: 'Check again in a minute. The app needs the policy colossus-fire-event.',
    }),
  ])
}

async function checkCentra({ checks, clients, settings }: Around) {
  const centra = settings && centraOf(settings)
  if (!centra) {
    return checks.skip('centra', settings ? 'centraSellerId is empty' : INVALID)
  }
  const read = () => clients.centra.stock(centra.access, { limit: 1 }).catch(withoutWords)
  await checks.try('centra', read, {
    works: 'stock can be read',
    advice:
      'Check centraUrl, centraToken and centraAuth, and that the plugin has Get stock switched on. If they are right, check the status of Centra.',
  })
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
  if (!settings) return checks.skip('publisher', INVALID)
  const check = async () => {
    const publisher = await open(settings)
    try {
      return await publisher.check()
    } finally {
      void publisher.close().catch(() => undefined)
    }
  }
  await checks.try('publisher', check, { works: (done) => done, atMost: PUBLISHER_MS })
}
