import type { Catalog, SkuDetails } from '../clients/catalog'
import type { Offers } from '../clients/offers'
import type { SkuBindings } from '../clients/sellers'
import { UpstreamError } from '../common/upstreamError'
import type { SellerQuantityRules } from '../offers/quantity'
import type { Settings } from '../settings/settings'
import { toItemFailure } from './itemFailure'
import { type ListCursor, type ListedPage, type MayBegin, paginate } from './paginate'
import {
  type Asked,
  bindingsChanged,
  bindingsOf,
  ProductOffers,
  readingOf,
  type Sellers,
} from './sellerOffers'
import type { SkuDetailsReader } from './skuDetails'
import type { SkuBatch, SkuReading, SkuSource } from './source'

/** Most sellers are small: one page first, several at once only after one that held ids. */
const PAGES_AT_FIRST = 1

/** The calls that other sellers' offers are read by. */
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
    concurrency: settings.maxConcurrency,
    skuIds,
    admission: async () => {
      for (const api of [reads.catalog, reads.offers, reads.skuBindings]) await api.admission()
    },
    open: async (batch) => {
      const [sellers, details] = await Promise.all([reads.sellers(), detailsOf(batch)])
      const kept = batch.isRefresh ? batch.ids : []
      const products = kept.flatMap((skuId) => details.kept(skuId)?.productId ?? [])
      const ofProducts = new ProductOffers(reads.offers, products, settings.salesChannel, now)
      const reader = new Reader(reads.offers, ofProducts, sellers, details, settings)
      return { read: (skuId) => reader.read(skuId, now()), close: () => details.keep() }
    },
  }
}

const startOf = (sellerId: string | undefined): ListCursor | undefined =>
  sellerId === undefined ? undefined : { sellerId, page: 1 }

class Reader {
  constructor(
    private readonly offers: SellersReads['offers'],
    private readonly products: ProductOffers,
    private readonly sellers: Sellers,
    private readonly details: SkuDetailsReader,
    private readonly rules: SellerQuantityRules
  ) {}

  /** @param observedAt taken before the read: an offer may be newer than it says, never older */
  async read(skuId: number, observedAt: number): Promise<SkuReading> {
    if (this.sellers.size === 0) return { offers: [], failures: [], unasked: true }
    const cached = this.details.kept(skuId)
    const isWhole = cached?.sellers !== undefined && cached.productId !== undefined
    const first = isWhole ? await this.attempt(cached, observedAt) : undefined
    if (first && !first.isUncertain) return first.reading
    try {
      // VTEX sends no notification when a binding changes, so cached details can be outdated.
      const details = await this.details.read(skuId)
      const asked = details.productId === cached?.productId ? first?.asked : undefined
      return (await this.attempt(details, observedAt, asked)).reading
    } catch (thrown) {
      return { offers: [], failures: [{ skuId, ...this.onlySeller(), ...toItemFailure(thrown) }] }
    }
  }

  /**
   * Reads a SKU by cached or new details. `isUncertain`: the details may be outdated.
   * @param known the offers of the SKU, if they were read already
   */
  private async attempt(details: SkuDetails, observedAt: number, known?: Asked) {
    const bindings = bindingsOf(details, this.sellers)
    const selling = bindings.flatMap(({ isSellable, seller }) => (isSellable ? [seller.id] : []))
    if (selling.length === 0) {
      const reading = readingOf(details, bindings, { offers: new Map() }, this.rules, observedAt)
      const isUncertain = bindings.length === 0
      return { reading: { ...reading, unasked: true }, isUncertain, asked: undefined }
    }
    const asked = known ?? (await this.ask(details, selling))
    const at = 'offers' in asked ? (asked.observedAt ?? observedAt) : observedAt
    const reading = readingOf(details, bindings, asked, this.rules, Math.min(at, observedAt))
    return { reading, isUncertain: bindingsChanged(bindings, asked, this.sellers), asked }
  }

  private async ask(details: SkuDetails, sellerIds: readonly string[]): Promise<Asked> {
    const { skuId, productId } = details
    try {
      const ofProduct = await this.products.of(details, sellerIds)
      if (ofProduct) return ofProduct
      if (productId === undefined) {
        const detail = `ProductId: expected that of SKU ${skuId}`
        throw new UpstreamError('VTEX catalog', 'malformed', detail)
      }
      return { offers: await this.offers.ofSku(productId, skuId) }
    } catch (thrown) {
      return { failure: toItemFailure(thrown) }
    }
  }

  /** Without details the seller of a failed offer is known only if there is just one. */
  private onlySeller() {
    const [sellerId, ...others] = [...this.sellers.keys()]
    return sellerId !== undefined && others.length === 0 ? { sellerId } : {}
  }
}
