import type { IOContext } from '@vtex/api'
import type { Clients } from './clients'
import { type Dependencies, ScopeError } from './exports/engine'
import { OWN_SELLER } from './offers/offerSku'
import { centraOf, type Settings } from './settings/settings'
import { type CentraReads, centraStock } from './sources/centraStock'
import { checkAccess, directReads, sellersById } from './sources/directReads'
import { marketplace } from './sources/marketplace'
import { detailsWithComponents, ownStock } from './sources/ownStock'
import { openSkuDetails } from './sources/skuDetails'
import { matchRows } from './sources/skuMatching'
import {
  isAskedOf,
  type PagedSource,
  type SkuBatch,
  type SkuSource,
  type Sources,
} from './sources/source'
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
    const isOther = isAskedOf(settings, 'sellers', sellerId)
    const candidates = sellerId === undefined ? settings.sellers : [sellerId]
    const sources: Sources = { direct: directReads(clients.catalog, clients.sellers) }
    if (isAskedOf(settings, 'own', sellerId)(OWN_SELLER)) {
      const read = detailsWithComponents(clients.catalog, documents)
      const details = (batch: SkuBatch) => openSkuDetails(read, documents, batch, now)
      sources.own = ownStock(clients, settings, details, now)
    }
    if (centra && isAskedOf(settings, 'centra', sellerId)(centra.sellerId)) {
      sources.centra = centraSource(around, settings, centra, now)
    }
    if (candidates.length === 0 || candidates.some(isOther)) {
      sources.sellers = sellersSource(around, settings, { isOther, sellerId }, now)
    }
    if (sources.own || sources.centra || sources.sellers) return sources
    throw new ScopeError(`seller ${sellerId}: the setting sellers does not name it`)
  }
}

function sellersSource(
  { clients, log, documents }: Around,
  settings: Settings,
  { isOther, sellerId }: { isOther: (id: string) => boolean; sellerId: string | undefined },
  now: () => number
): SkuSource {
  const { catalog, skuBindings, offers } = clients
  const sellers = async () => {
    const all = await sellersById(clients.sellers)
    const found = new Map([...all].filter(([id]) => isOther(id)))
    const unknown = settings.sellers.filter((id) => isOther(id) && !found.has(id))
    if (unknown.length > 0) log.warn('sellers.unknown', { sellers: unknown.join() })
    if (sellerId === undefined || found.has(sellerId)) return found
    throw new ScopeError(
      `seller ${sellerId}: it is neither the account itself (seller ${OWN_SELLER}), nor Centra's seller, nor in VTEX's seller register`
    )
  }
  const read = (skuId: number) => catalog.skuDetails(skuId)
  const details = (batch: SkuBatch) => openSkuDetails(read, documents, batch, now)
  const reads = { sellers, catalog, skuBindings, offers }
  return marketplace(reads, settings, { inactiveToo: sellerId !== undefined }, details, now)
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
