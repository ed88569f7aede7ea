import { countBy } from 'ramda'
import type { SkuDetails } from '../clients/catalog'
import type { ChannelOffer, Offers, SkuOffers } from '../clients/sellers'
import { UpstreamError } from '../common/upstreamError'

type Answer = { bySku: ReadonlyMap<number, SkuOffers>; observedAt: number }

/**
 * The offers of products of which a batch reads several SKUs: one request for all of them. Such an answer has one sales
 * channel for each seller, so it is used only if that is the one whose quantities count.
 */
export class ProductOffers {
  private readonly answers = new Map<number, Promise<Answer | undefined>>()
  private readonly skus: Record<string, number>
  /** An answer was of no use: the others will not be, either. */
  private isUseless: boolean

  /** @param products of the batch's SKUs, one for each @param now UTC milliseconds */
  constructor(
    private readonly offers: Pick<Offers, 'ofProduct'>,
    products: readonly number[],
    private readonly salesChannel: number | undefined,
    private readonly now: () => number
  ) {
    this.skus = countBy(String, products)
    this.isUseless = salesChannel === undefined
  }

  /**
   * @param sellerIds sellers that have to be in the answer
   * @returns undefined where the SKU has to be asked for
   */
  async of(
    { skuId, productId }: SkuDetails,
    sellerIds: readonly string[]
  ): Promise<{ offers: SkuOffers; observedAt: number } | undefined> {
    if (productId === undefined || this.isUseless || (this.skus[productId] ?? 0) < 2) return
    const asked = this.answers.get(productId) ?? this.ask(productId)
    this.answers.set(productId, asked)
    const answer = await asked
    const offers = answer?.bySku.get(skuId)
    const found = sellerIds.map((id) => offers?.get(id))
    this.isUseless ||= !answer || found.some((each) => each && !this.isUsable(each))
    if (!answer || !offers || this.isUseless || found.includes(undefined)) return
    return { offers, observedAt: answer.observedAt }
  }

  private async ask(productId: number): Promise<Answer | undefined> {
    const observedAt = this.now()
    try {
      return { bySku: await this.offers.ofProduct(productId), observedAt }
    } catch (thrown) {
      if (thrown instanceof UpstreamError) return undefined
      throw thrown
    }
  }

  private isUsable([only, ...more]: readonly ChannelOffer[]): boolean {
    const isIt = only?.salesChannel === String(this.salesChannel)
    return isIt && only.quantity !== undefined && more.length === 0
  }
}
