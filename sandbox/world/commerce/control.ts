import type Router from '@koa/router'
import { json } from 'co-body'
import { z } from 'zod'
import { type Account, RefusedChange } from './account'
import { parseSkuId } from './ids'

const units = z.int()
const changeSchema = z.union([
  z.strictObject({
    warehouseId: z.string().min(1),
    total: units.optional(),
    reserved: units.optional(),
    unlimited: z.boolean().optional(),
  }),
  z.strictObject({ active: z.boolean() }),
])
const saleSchema = z.strictObject({ units: units.positive() })

/**
 * The VTEX account's part of the control API:
 * `GET stock/:skuId`; `POST stock/:skuId` {warehouseId, total?, reserved?, unlimited?} or
 * {active}; `POST stock/:skuId/sell` {units}. All answer the SKU as it is then; 404 for an
 * unknown SKU, 409 for what the stock does not allow.
 */
export function addCommerceControl(router: Router, account: Account): void {
  const show = (id: number) => ({ sku: account.sku(id), balances: account.balances(id) })

  router.use('/stock/:skuId', async (ctx, next) => {
    const id = parseSkuId(ctx.params.skuId ?? '')
    if (id === undefined || !account.sku(id)) {
      return ctx.throw(404, `there is no SKU ${ctx.params.skuId}`)
    }
    try {
      await next()
      ctx.body = show(id)
    } catch (error) {
      if (error instanceof RefusedChange) ctx.throw(409, error.message)
      throw error
    }
  })
  router.get('/stock/:skuId', (ctx) => {
    ctx.status = 200
  })
  router.post('/stock/:skuId', async (ctx) => {
    const change = changeSchema.parse(await json(ctx.req))
    const id = Number(ctx.params.skuId)
    if ('active' in change) {
      account.setActive(id, change.active)
      return
    }
    const { warehouseId, ...balance } = change
    account.setBalance(id, warehouseId, balance)
  })
  router.post('/stock/:skuId/sell', async (ctx) => {
    account.sell(Number(ctx.params.skuId), saleSchema.parse(await json(ctx.req)).units)
  })
}
