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
import { directReads, matchReads, sellersWhere } from './sources/directReads'
import { detailsWithComponents } from './sources/kits'
import { marketplace } from './sources/marketplace'
import { ownStock } from './sources/ownStock'
import { cachedSkuDetails, uncachedSkuDetails } from './sources/skuDetails'
import { matchRows } from './sources/skuMatching'
import type { PagedSource, SkuBatch, SkuSource, StockSource } from './sources/source'
import { isAskedOf } from './sources/sourceOfSeller'
import type { Documents } from './state/documents'
import { setLimits } from './throttling/limiters'

interface Upstreams {
  clients: Clients
  vtex: Pick<IOContext, 'account' | 'workspace'>
  log: Log
}
type Around = Pick<Dependencies, 'documents' | 'changeIndex'>

/**
 * The sources of an export. Each seller has one: Centra for `centraSellerId`; else own stock for the account itself, and
 * the marketplace for every other seller.
 */
export function sourcesOf(upstreams: Upstreams, around: Around): Dependencies['sources'] {
  const { documents } = around
  return ({ scope: { sellerId } }, settings, now) => {
    const { clients, vtex } = upstreams
    setLimits(vtex, settings)
    const centra = centraOf(settings)
    const isAsked = (id: string, source: StockSource) => isAskedOf(settings, source, sellerId)(id)
    const isOther = isAskedOf(settings, 'sellers', sellerId)
    const candidates = sellerId === undefined ? settings.sellers : [sellerId]
    const sources = {
      direct: directReads(clients.catalog, clients.sellers),
      own: isAsked(OWN_SELLER, 'own') ? ownSource(upstreams, documents, settings, now) : undefined,
      centra:
        centra && isAsked(centra.sellerId, 'centra')
          ? centraSource(upstreams, around, settings, centra, now)
          : undefined,
      sellers:
        candidates.length === 0 || candidates.some(isOther)
          ? sellersSource(upstreams, documents, settings, { isOther, sellerId }, now)
          : undefined,
    }
    if (sources.own || sources.centra || sources.sellers) return sources
    throw new ScopeError(`seller ${sellerId}: the setting sellers does not name it`)
  }
}

function ownSource(
  { clients }: Upstreams,
  documents: Documents,
  settings: Settings,
  now: () => number
): SkuSource {
  const read = detailsWithComponents(clients.catalog, documents)
  return ownStock(clients, settings, contextsOf(read, documents, now), now)
}

/** Full exports use cached details; all others read VTEX. */
const contextsOf =
  (read: (skuId: number) => Promise<SkuDetails>, documents: Documents, now: () => number) =>
  async (slice: SkuBatch) =>
    slice.modifiedAt ? cachedSkuDetails(read, documents, slice, now) : uncachedSkuDetails(read)

function sellersSource(
  { clients, log }: Upstreams,
  documents: Documents,
  settings: Settings,
  { isOther, sellerId }: { isOther: (id: string) => boolean; sellerId: string | undefined },
  now: () => number
): SkuSource {
  const { catalog, skuBindings, offers } = clients
  const sellers = async () => {
    const found = await sellersWhere(clients.sellers, ({ id }) => isOther(id))
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
  { clients }: Upstreams,
  { documents, changeIndex }: Around,
  settings: Settings,
  centra: NonNullable<ReturnType<typeof centraOf>>,
  now: () => number
): PagedSource {
  const { maxConcurrency: concurrency } = settings
  const reads = matchReads(clients.catalog)
  const match = async (rows: readonly CentraRow[], row: LookAtRow) => {
    const { modifiedAt, lastModified: modifiedLast } = await changeIndex()
    const around = { modifiedAt, modifiedLast, concurrency, now }
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
