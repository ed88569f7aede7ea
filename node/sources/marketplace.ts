import { countBy, memoizeWith } from 'ramda'
import type { Catalog, SkuDetails } from '../clients/catalog'
import type { ChannelOffer, Offers, SkuBindings, SkuOffers } from '../clients/sellers'
import type { ErrorSummary } from '../common/errors'
import { codeOf, UpstreamError } from '../common/upstreamError'
import { supplierOf } from '../offers/offerSku'
import { type SellerQuantityRules, sellerQuantity } from '../offers/quantity'
import type { Settings } from '../settings/settings'
import { type ListCursor, type ListedPage, type MayBegin, paginate } from './paginate'
import type { RegisteredSeller } from './sellerRegister'
import type { SkuDetailsReader } from './skuDetails'
import { type SkuBatch, type SkuReading, type SkuSource, skusAtOnce, toItemFailure } from './source'

/** Most sellers are small: one page first, several at once only after one that held ids. */
const PAGES_AT_FIRST = 1

/** Sellers whose offers are exported, by id. */
type Sellers = ReadonlyMap<string, RegisteredSeller>

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

interface Binding {
  seller: RegisteredSeller
  sellerSkuId: string
  /** SKU, binding and seller are all active. */
  isSellable: boolean
}

/** `observedAt`: when, if the offers were read before the SKU was. */
type Asked = { offers: SkuOffers; observedAt?: number } | { failure: ErrorSummary }

/**
 * The bindings of a SKU to exported sellers, active or not.
 * @throws {UpstreamError} `malformed` if the details have no sellers
 */
function bindingsOf(details: SkuDetails, sellers: Sellers): Binding[] {
  if (!details.sellers) {
    const detail = `SkuSellers: expected the sellers of SKU ${details.skuId}`
    throw new UpstreamError('VTEX catalog', 'malformed', detail)
  }
  return details.sellers.flatMap(({ sellerId, sellerSkuId, isActive }) => {
    const seller = sellers.get(sellerId)
    const isSellable = details.isActive && isActive && seller?.isActive === true
    return seller ? [{ seller, sellerSkuId, isSellable }] : []
  })
}

/** Whether offers and bindings name different sellers: then one of both is outdated. */
function bindingsChanged(selling: readonly string[], asked: Asked, sellers: Sellers): boolean {
  // The SKU may have another product by now.
  if ('failure' in asked) return asked.failure.code === codeOf('missing')
  const offering = [...asked.offers.keys()].filter((id) => sellers.get(id)?.isActive)
  return offering.length !== selling.length || !selling.every((id) => asked.offers.has(id))
}

/**
 * The offers of a SKU. A sellable binding without an offer is 0, since nobody can buy it. An offer without a quantity
 * is a failure.
 * @param asked read only for sellable bindings
 * @param observedAt before the read
 */
function readingOf(
  { skuId, refId, ean }: SkuDetails,
  bindings: readonly Binding[],
  asked: Asked,
  rules: SellerQuantityRules,
  observedAt: number
): SkuReading {
  const reading: SkuReading = { offers: [], failures: [] }
  for (const { seller, sellerSkuId, isSellable } of bindings) {
    const { id: sellerId } = seller
    const found = isSellable ? quantityOf(sellerId, asked, rules) : { quantity: 0 }
    if ('failure' in found) reading.failures.push({ skuId, sellerId, ...found.failure })
    else {
      const supplier = supplierOf(seller, sellerSkuId)
      reading.offers.push({ skuId, sellerId, ...found, observedAt, refId, ean, supplier })
    }
  }
  return reading
}

function quantityOf(
  sellerId: string,
  asked: Asked,
  rules: SellerQuantityRules
): { quantity: number } | { failure: ErrorSummary } {
  if ('failure' in asked) return asked
  const found = sellerQuantity(asked.offers.get(sellerId) ?? [], rules)
  if ('quantity' in found) return found
  const message = `VTEX offers: seller ${sellerId}: ${found.unknown}`
  return { failure: { code: 'upstream_malformed', message } }
}

class SellersReader {
  constructor(
    private readonly offers: Pick<Offers, 'ofSku'>,
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
      // Without details the seller is known only if there is just one.
      const [sellerId] = this.sellers.size === 1 ? this.sellers.keys() : []
      return { offers: [], failures: [{ skuId, sellerId, ...toItemFailure(thrown) }] }
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
    const { observedAt: at = observedAt } = 'offers' in asked ? asked : {}
    const reading = readingOf(details, bindings, asked, this.rules, Math.min(at, observedAt))
    return { reading, isUncertain: bindingsChanged(selling, asked, this.sellers), asked }
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
}

/**
 * The offers of products of which a batch reads several SKUs: one request for all of them. Such an answer has one sales
 * channel for each seller, so it is used only if that is the one whose quantities count.
 */
export class ProductOffers {
  private readonly answerOf = memoizeWith(String, async (productId: number) => {
    const observedAt = this.now()
    try {
      return { bySku: await this.offers.ofProduct(productId), observedAt }
    } catch (thrown) {
      if (thrown instanceof UpstreamError) return undefined
      throw thrown
    }
  })
  private readonly skus: Record<string, number>
  /** An answer was of no use: the others will not be, either. */
  private isUseless: boolean

  /** @param products of the batch's SKUs, one for each */
  constructor(
    private readonly offers: Pick<Offers, 'ofProduct'>,
    products: readonly number[],
    private readonly salesChannel: number | undefined,
    private readonly now: () => number
  ) {
    this.skus = countBy(String, products)
    this.isUseless = salesChannel === undefined
  }

  /** @param sellerIds sellers that have to be in the answer @returns undefined where the SKU has to be asked for */
  async of({ skuId, productId }: SkuDetails, sellerIds: readonly string[]) {
    if (productId === undefined || this.isUseless || (this.skus[productId] ?? 0) < 2) return
    const answer = await this.answerOf(productId)
    const offers = answer?.bySku.get(skuId)
    const found = sellerIds.map((id) => offers?.get(id))
    this.isUseless ||= !answer || found.some((each) => each && !this.isUsable(each))
    if (!answer || !offers || this.isUseless || found.includes(undefined)) return
    return { offers, observedAt: answer.observedAt }
  }

  private isUsable([only, ...more]: readonly ChannelOffer[]): boolean {
    const isIt = only?.salesChannel === String(this.salesChannel)
    return isIt && only.quantity !== undefined && more.length === 0
  }
}
