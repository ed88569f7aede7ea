import type { SkuDetails } from '../../node/clients/catalog'

const FIRST_SKU = 10
const STRIDE = 3
const IDS_A_PAGE = 1_000

export const OTHER_SELLERS = ['north', 'south'] as const

/** SKUs of a made-up account, their stock, and who sells them. */
export class Catalog {
  /** How often single SKUs of it, or their offers of other sellers, were asked for. */
  requests = 0
  private readonly sold = new Map<number, number>()

  constructor(readonly count: number) {}

  skuId(index: number): number {
    return FIRST_SKU + index * STRIDE
  }

  /** Those of a page in VTEX's lists, which begin with 1; none past the end. */
  page(number: number): number[] {
    const first = (number - 1) * IDS_A_PAGE
    const length = Math.max(0, Math.min(IDS_A_PAGE, this.count - first))
    return Array.from({ length }, (_, index) => this.skuId(first + index))
  }

  quantity(skuId: number): number {
    return this.sold.get(skuId) ?? 1 + (skuId % 50)
  }

  /** A SKU has another quantity than before from now on. */
  sell(skuId: number): number {
    const quantity = 100 + ((this.quantity(skuId) + 1) % 50)
    this.sold.set(skuId, quantity)
    return quantity
  }

  context(skuId: number): SkuDetails {
    const sellers = ['1', ...OTHER_SELLERS].map((sellerId) => ({
      ...{ sellerId, sellerSkuId: `s${skuId}`, isActive: true },
    }))
    return {
      ...{ skuId, isActive: true, refId: refIdOf(skuId), ean: String(7_000_000_000_000 + skuId) },
      ...{ productId: 1_000_000 + skuId, sellers, isKit: false },
    }
  }
}

export const refIdOf = (skuId: number) => `R${skuId}`
