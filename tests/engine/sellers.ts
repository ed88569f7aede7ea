import { UpstreamError } from '../../node/common/upstreamError'
import type { SkuSource } from '../../node/sources/source'
import type { Actor, Scheduler } from './scheduler'
import { FIRST_SKU, isFailing, type ModelShop, skuSource } from './shop'

export const OTHER_SELLER = '2'

/**
 * Another seller of some of the shop's SKUs: it has as many as the shop, and VTEX tells of that. Of what it gets besides,
 * VTEX tells nobody.
 */
export class ModelSellers {
  /** Units that it got besides, by SKU. */
  readonly unreported = new Map<number, number>()
  /** How many of the next readings of its offer of a SKU fail. */
  readonly failing = new Map<number, number>()
  /** No answer until then. */
  downUntil = 0

  constructor(
    private readonly shop: ModelShop,
    private readonly scheduler: Scheduler,
    private readonly repeats: boolean
  ) {}

  get skuIds() {
    return this.shop.skuIds.filter((skuId) => this.sells(skuId))
  }

  /** Also of a SKU that is no more. */
  sells(skuId: number): boolean {
    return (skuId - FIRST_SKU) % 9 !== 6
  }

  quantity(skuId: number): number {
    const units = (this.shop.stock.get(skuId) ?? 0) + (this.unreported.get(skuId) ?? 0)
    return this.repeats ? units % 2 : units
  }

  /** It gets one more of some SKUs. */
  changeUnreported(choice: number) {
    for (const skuId of this.skuIds.filter((_, index) => (choice >> (index % 10)) % 2)) {
      this.unreported.set(skuId, 1 + (this.unreported.get(skuId) ?? 0))
    }
  }

  fail(choice: number) {
    const { skuIds } = this
    const skuId = skuIds[choice % skuIds.length]
    if (skuId !== undefined) this.failing.set(skuId, 1 + (choice % 3))
  }

  /** Its offers as one actor reads them. */
  source(actor: Actor, now: () => number): SkuSource {
    const stock = {
      sellerId: OTHER_SELLER,
      refIds: this.shop.refIds,
      pages: this.shop.pages,
      skuIds: () => this.answering(() => this.skuIds),
      read: (skuId: number) => this.answering(() => this.read(skuId)),
    }
    return skuSource(this.scheduler, actor, stock, now)
  }

  private answering<T>(answer: () => T): T {
    if (this.scheduler.now >= this.downUntil) return answer()
    throw new UpstreamError('VTEX offers', 'circuitOpen', 'no answer')
  }

  private read(skuId: number) {
    if (!this.skuIds.includes(skuId)) return 'none'
    return isFailing(this.failing, skuId) ? undefined : this.quantity(skuId)
  }
}
