import type { Catalog } from '../clients/catalog'
import type { Offers, SkuBindings } from '../clients/sellers'
import type { Settings } from '../settings/settings'
import { type ListCursor, type ListedPage, type MayBegin, paginate } from './paginate'
import { ProductOffers, type Sellers, SellersReader } from './sellerOffers'
import type { SkuDetailsReader } from './skuDetails'
import { type SkuBatch, type SkuSource, skusAtOnce } from './source'

/** Most sellers are small: one page first, several at once only after one that held ids. */
const PAGES_AT_FIRST = 1

export interface SellersReads {
  /** The sellers whose offers are exported, active or not, as in VTEX's register now. */
  sellers(): Promise<Sellers>
  catalog: Pick<Catalog, 'admission'>
  skuBindings: Pick<SkuBindings, 'skuIds' | 'admission'>
  offers: Pick<Offers, 'ofSku' | 'ofProduct' | 'admission'>
}

/**
 * The source of the marketplace's other sellers. The catalog has the bindings of SKUs to sellers, the marketplace's
 * offers have the quantities.
 * @param inactiveToo lists also the SKUs of inactive sellers, whose offers are 0: for a seller requested by its id
 * @param detailsOf opens the details of a batch's SKUs
 * @param now UTC milliseconds
 */
export function marketplace(
  reads: SellersReads,
  settings: Pick<Settings, 'maxConcurrency' | 'salesChannel' | 'safetyStock'>,
  { inactiveToo }: { inactiveToo: boolean },
  detailsOf: (batch: SkuBatch) => Promise<SkuDetailsReader>,
  now: () => number
): SkuSource {
  async function* skuIds(mayBegin?: MayBegin, from?: ListCursor): AsyncGenerator<ListedPage> {
    // Ordered by id, so that listing can continue even if sellers were added or removed.
    const sellerIds = [...(await reads.sellers()).values()]
      .filter(({ id, isActive }) => (isActive || inactiveToo) && id >= (from?.sellerId ?? ''))
      .map(({ id }) => id)
      .sort()
    for (const [index, sellerId] of sellerIds.entries()) {
      const pages = {
        ...{ upstream: 'VTEX SKU bindings', sellerId, what: `SKU ids of seller ${sellerId}` },
        page: (page: number) => reads.skuBindings.skuIds(sellerId, page),
        atFirst: PAGES_AT_FIRST,
      }
      let next = from?.sellerId === sellerId ? from : startOf(sellerId)
      for await (const page of paginate(pages, mayBegin, next)) {
        next = page.next
        yield { ...page, next: next ?? startOf(sellerIds[index + 1]) }
      }
      if (next) return
    }
  }
  return {
    concurrency: skusAtOnce(settings),
    skuIds,
    admission: async () => {
      for (const api of [reads.catalog, reads.offers, reads.skuBindings]) await api.admission()
    },
    open: async (batch) => {
      const [sellers, details] = await Promise.all([reads.sellers(), detailsOf(batch)])
      const kept = batch.isRefresh ? batch.ids : []
      const products = kept.flatMap((skuId) => details.kept(skuId)?.productId ?? [])
      const ofProducts = new ProductOffers(reads.offers, products, settings.salesChannel, now)
      const reader = new SellersReader(reads.offers, ofProducts, sellers, details, settings)
      return { read: (skuId) => reader.read(skuId, now()), close: () => details.keep() }
    },
  }
}

const startOf = (sellerId: string | undefined): ListCursor | undefined =>
  sellerId === undefined ? undefined : { sellerId, page: 1 }
