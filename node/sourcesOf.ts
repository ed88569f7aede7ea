import type { IOContext } from '@vtex/api'
import type { Clients } from './clients'
import type { SkuDetails } from './clients/catalog'
import { type Dependencies, ScopeError } from './exports/engine'
import { OWN_SELLER } from './offers/offerSku'
import { centraOf, type Settings } from './settings/settings'
import { type CentraReads, centraStock } from './sources/centraStock'
import { checkAccess, directReads, sellersWhere } from './sources/directReads'
import { marketplace } from './sources/marketplace'
import { detailsWithComponents, ownStock } from './sources/ownStock'
import { cachedSkuDetails, uncachedSkuDetails } from './sources/skuDetails'
import { matchRows } from './sources/skuMatching'
import {
  isAskedOf,
  type PagedSource,
  type SkuBatch,
  type SkuSource,
  type Sources,
  type StockSource,
} from './sources/source'
import type { Documents } from './state/documents'
import { setLimits } from './throttling/limiters'

interface Around extends Pick<Dependencies, 'documents' | 'changeIndex' | 'log'> {
  clients: Clients
  vtex: Pick<IOContext, 'account' | 'workspace'>
}

/**
 * The sources of an export. Each seller has one: Centra for `centraSellerId`; else own stock for the account itself, and
 * the marketplace for every other seller.
 */
export function sourcesOf(around: Around): Dependencies['sources'] {
  const { clients, vtex, documents } = around
  return ({ scope: { sellerId } }, settings, now) => {
    setLimits(vtex, settings)
    const centra = centraOf(settings)
    const isAsked = (id: string, source: StockSource) => isAskedOf(settings, source, sellerId)(id)
    const isOther = isAskedOf(settings, 'sellers', sellerId)
    const candidates = sellerId === undefined ? settings.sellers : [sellerId]
    const sources: Sources = { direct: directReads(clients.catalog, clients.sellers) }
    if (isAsked(OWN_SELLER, 'own')) {
      const details = contextsOf(detailsWithComponents(clients.catalog, documents), documents, now)
      sources.own = ownStock(clients, settings, details, now)
    }
    if (centra && isAsked(centra.sellerId, 'centra')) {
      sources.centra = centraSource(around, settings, centra, now)
    }
    if (candidates.length === 0 || candidates.some(isOther)) {
      sources.sellers = sellersSource(around, settings, { isOther, sellerId }, now)
    }
    if (sources.own || sources.centra || sources.sellers) return sources
    throw new ScopeError(`seller ${sellerId}: the setting sellers does not name it`)
  }
}

/** Full exports use cached details; all others read VTEX. */
const contextsOf =
  (read: (skuId: number) => Promise<SkuDetails>, documents: Documents, now: () => number) =>
  async (batch: SkuBatch) =>
    batch.modifiedAt ? cachedSkuDetails(read, documents, batch, now) : uncachedSkuDetails(read)

function sellersSource(
  { clients, log, documents }: Around,
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
  { clients, documents, changeIndex }: Around,
  { maxConcurrency: concurrency, safetyStock }: Settings,
  centra: NonNullable<ReturnType<typeof centraOf>>,
  now: () => number
): PagedSource {
  const { catalog } = clients
  const control = () => checkAccess(catalog)
  const match: CentraReads['match'] = async (rows, row) => {
    if (rows.length === 0) return new Map()
    const context = { ...(await changeIndex()), concurrency, now, catalog, row, control }
    return matchRows(documents, rows, context)
  }
  const stock: CentraReads['stock'] = (parameters, page) =>
    clients.centra.stock(centra.access, parameters, page)
  return centraStock({ stock, match }, centra, { safetyStock }, now)
}
