import { z } from 'zod'
import type { Policy } from '../common/upstreamError'
import { limiterOf } from '../throttling/limiters'
import { CommerceApi } from './vtexClient'

const sellerPage = z.object({
  items: z.array(z.object({ id: z.string(), name: z.string().nullish(), isActive: z.boolean() })),
  paging: z.object({ total: z.number().int().nonnegative() }),
})

/** A page of the seller register. */
export type SellerPage = z.infer<typeof sellerPage>

/** VTEX seller register: maximum sellers of a page. */
export const SELLERS_A_PAGE = 100

/** Policies for the seller register and for the offers of sellers. */
export const TO_READ_SELLERS: readonly Policy[] = ['view-seller']

/** Policies for {@link SkuBindings}. */
export const TO_READ_BINDINGS: readonly Policy[] = ['ViewProduct']

/** VTEX's seller register of a marketplace account. */
export class Sellers extends CommerceApi {
  protected readonly limiter = limiterOf(this.context, 'sellers')

  /** @throws {UpstreamError} */
  page(from: number): Promise<SellerPage> {
    return this.read('/api/seller-register/pvt/sellers', sellerPage, TO_READ_SELLERS, {
      params: { from, to: from + SELLERS_A_PAGE },
    })
  }
}

const bindings = z.array(z.object({ StockKeepingUnitId: z.number().int().positive() }))

/** VTEX SKU bindings: maximum rows of a page. */
const BINDINGS_A_PAGE = 100

/** VTEX's bindings of SKUs to the sellers of a marketplace. */
export class SkuBindings extends CommerceApi {
  protected readonly limiter = limiterOf(this.context, 'bindings')

  /**
   * One page of ids of the SKUs that are bound to a seller, active or not; empty past the end.
   * VTEX SKU bindings: pages count from 1.
   * @throws {UpstreamError}
   */
  async skuIds(sellerId: string, page: number): Promise<number[]> {
    const path = `/api/sku-binding/pvt/skuseller/paged/sellerid/${encodeURIComponent(sellerId)}`
    const params = { page, size: BINDINGS_A_PAGE }
    const rows = await this.read(path, bindings, TO_READ_BINDINGS, { params })
    return rows.map(({ StockKeepingUnitId }) => StockKeepingUnitId)
  }
}
