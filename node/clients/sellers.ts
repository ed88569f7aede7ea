import { z } from 'zod'

import { limiterOf } from '../throttling/limiters'
import { CommerceApi } from './janus'

const sellerPage = z.object({
  items: z.array(z.object({ id: z.string(), name: z.string().nullish(), isActive: z.boolean() })),
  paging: z.object({ total: z.number().int().nonnegative() }),
})

/** A page of the seller register. */
export type SellerPage = z.infer<typeof sellerPage>

/** VTEX seller register: windows of 100. */
export const SELLERS_A_PAGE = 100

/** VTEX's seller register of a marketplace account. */
export class Sellers extends CommerceApi {
  protected readonly limiter = limiterOf(this.context, 'sellers')

  /** @throws {UpstreamError} */
  page(from: number): Promise<SellerPage> {
    return this.read('/api/seller-register/pvt/sellers', sellerPage, ['view-seller'], {
      from,
      to: from + SELLERS_A_PAGE,
    })
  }
}
