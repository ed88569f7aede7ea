import { z } from 'zod'
import type { Policy } from '../common/upstreamError'
import { limiterOf } from '../throttling/limiters'
import { CommerceApi } from './baseClients'

const warehouses = z.array(z.object({ id: z.string(), isActive: z.boolean() }))

/** VTEX lists no deleted warehouses, though balances may still name them. */
export type Warehouse = z.infer<typeof warehouses>[number]

const balance = z.object({
  warehouseId: z.string(),
  totalQuantity: z.number(),
  reservedQuantity: z.number(),
  hasUnlimitedQuantity: z.boolean(),
})

/** Units of one SKU in one warehouse. VTEX logistics: total includes reserved. */
export type Balance = z.infer<typeof balance>

const inventory = z.object({ skuId: z.string(), balance: z.array(balance) })

export const TO_READ_STOCK: readonly Policy[] = ['LogisticsViewer']

export class Logistics extends CommerceApi {
  protected readonly limiter = limiterOf(this.context, 'logistics')
  protected override readonly needs = TO_READ_STOCK

  warehouses(): Promise<Warehouse[]> {
    return this.read('/api/logistics/pvt/configuration/warehouses', warehouses)
  }

  /** Stock of a SKU in each warehouse. A missing quantity is an error, never 0. */
  async balances(skuId: number): Promise<Balance[]> {
    const path = `/api/logistics/pvt/inventory/skus/${skuId}`
    const mismatch = (answer: z.infer<typeof inventory>) =>
      answer.skuId === String(skuId) ? undefined : `asked for SKU ${skuId}, answered for another`
    return (await this.read(path, inventory, { mismatch })).balance
  }
}
