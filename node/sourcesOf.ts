import type { IOContext } from '@vtex/api'
import type { Clients } from './clients'
import type { SkuDetails } from './clients/catalog'
import type { Log } from './common/logger'
import { type Dependencies, ScopeError } from './exports/engine'
import { OWN_SELLER } from './offers/offerSku'
import { centraOf, type Settings } from './settings/settings'
import type { LookAtRow } from './sources/cachedMatch'
import type { CentraRow } from './sources/centraPages'
import { centraStock } from './sources/centraStock'
import { identityReads, matchReads } from './sources/directReads'
import { detailsWithComponents } from './sources/kits'
import { marketplace } from './sources/marketplace'
import { ownStock } from './sources/ownStock'
import { type RegisteredSeller, registeredSellers } from './sources/sellerRegister'
import { cachedSkuDetails, uncachedSkuDetails } from './sources/skuDetails'
import { matchRows } from './sources/skuMatching'
import type { DirectReads, PagedSource, SkuBatch, SkuSource, StockSource } from './sources/source'
import { isAskedOf } from './sources/sourceOfSeller'
import type { Documents } from './state/documents'
import { setLimits } from './throttling/limiters'

/** What sources are made of. */
interface Around extends Pick<Dependencies, 'documents' | 'changeIndex'> {
  clients: Clients
  vtex: Pick<IOContext, 'account' | 'workspace'>
  log: Log
}

/** The same for one export. */
interface Exported extends Around {
  settings: Settings
  now(): number
  /** The only seller that it selects. */
  sellerId: string | undefined
}

/**
 * The sources of an export. Each seller has one: Centra for `centraSellerId`; else own stock for the account itself, and
 * the marketplace for every other seller.
 */
export function sourcesOf(around: Around): Dependencies['sources'] {
  return ({ scope: { sellerId } }, settings, now) => {
    setLimits(around.vtex, settings)
    const centra = centraOf(settings)
    const exported = { ...around, settings, now, sellerId }
    const isAsked = (id: string, source: StockSource) => isAskedOf(settings, source, sellerId)(id)
    const candidates = sellerId === undefined ? settings.sellers : [sellerId]
    const hasOthers = candidates.length === 0 || candidates.some((id) => isAsked(id, 'sellers'))
    const sources = {
      direct: directReads(around.clients),
      own: isAsked(OWN_SELLER, 'own') ? ownSource(exported) : undefined,
      centra:
        centra && isAsked(centra.sellerId, 'centra') ? centraSource(exported, centra) : undefined,
      sellers: hasOthers ? sellersSource(exported) : undefined,
    }
    if (sources.own || sources.centra || sources.sellers) return sources
    throw new ScopeError(`seller ${sellerId}: the setting sellers does not name it`)
  }
}

/** The registered sellers that meet a condition, by id. */
async function sellersWhere(
  { sellers }: Clients,
  isWanted: (seller: RegisteredSeller) => boolean
): Promise<Map<string, RegisteredSeller>> {
  const found = new Map<string, RegisteredSeller>()
  for await (const page of registeredSellers((from) => sellers.page(from))) {
    for (const seller of page) if (isWanted(seller)) found.set(seller.id, seller)
  }
  return found
}

function directReads(clients: Clients): DirectReads {
  const idsOf = async (isWanted: (seller: RegisteredSeller) => boolean) =>
    new Set((await sellersWhere(clients, isWanted)).keys())
  return {
    ...identityReads(clients.catalog),
    sellerIds: () => idsOf(() => true),
    inactiveSellers: () => idsOf(({ isActive }) => !isActive),
  }
}

function ownSource({ clients, documents, settings, now }: Exported): SkuSource {
  const read = detailsWithComponents(clients.catalog, documents)
  return ownStock(clients, settings, contextsOf(read, documents, now), now)
}

/** Full exports use cached details; all others read VTEX. */
const contextsOf =
  (read: (skuId: number) => Promise<SkuDetails>, documents: Documents, now: () => number) =>
  async (slice: SkuBatch) =>
    slice.modifiedAt ? cachedSkuDetails(read, documents, slice, now) : uncachedSkuDetails(read)

function sellersSource({ clients, log, documents, settings, now, sellerId }: Exported): SkuSource {
  const { catalog, skuBindings, offers } = clients
  const isOther = isAskedOf(settings, 'sellers', sellerId)
  const sellers = async () => {
    const found = await sellersWhere(clients, ({ id }) => isOther(id))
    const unknown = settings.sellers.filter((id) => isOther(id) && !found.has(id))
    if (unknown.length > 0) log.warn('sellers.unknown', { sellers: unknown.join() })
    if (sellerId === undefined || found.has(sellerId)) return found
    throw new ScopeError(
      `seller ${sellerId}: it is neither the account itself (seller ${OWN_SELLER}), nor Centra's seller, nor in VTEX's seller register`
    )
  }
  const contexts = contextsOf((skuId) => catalog.skuDetails(skuId), documents, now)
  const listing = { inactiveToo: sellerId !== undefined }
  const reads = { sellers, catalog, skuBindings, offers }
  return marketplace(reads, settings, listing, contexts, now)
}

function centraSource(
  { clients, documents, changeIndex, settings, now }: Exported,
  centra: NonNullable<ReturnType<typeof centraOf>>
): PagedSource {
  const reads = matchReads(clients.catalog)
  const match = async (rows: readonly CentraRow[], row: LookAtRow) => {
    const { modifiedAt, lastModified: modifiedLast } = await changeIndex()
    const around = { modifiedAt, modifiedLast, concurrency: settings.maxConcurrency, now }
    return matchRows({ ...reads, row }, documents, rows, around)
  }
  return centraStock(
    {
      stock: (parameters, page) => clients.centra.stock(centra.access, parameters, page),
      match: async (rows, row) => (rows.length === 0 ? new Map() : match(rows, row)),
    },
    centra,
    settings,
    now
  )
}
