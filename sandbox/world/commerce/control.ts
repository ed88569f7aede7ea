import type Router from '@koa/router'
import { json } from 'co-body'
import { z } from 'zod'
import type { Account } from './account'
import { RefusedChange } from './changes'
import { sellOut } from './flash-sale'
import { parseSkuId } from './ids'

const units = z.int()
const reference = z.string().min(1).nullable()
const components = z.array(z.strictObject({ skuId: units.positive(), quantity: units.positive() }))
export const changeSchema = z.union([
  z.strictObject({
    warehouseId: z.string().min(1),
    total: units.optional(),
    reserved: units.optional(),
    unlimited: z.boolean().optional(),
  }),
  z.strictObject({ price: z.number().positive() }),
  z.strictObject({ components }),
  z
    .strictObject({
      active: z.boolean().optional(),
      productActive: z.boolean().optional(),
      refId: reference.optional(),
      ean: reference.optional(),
    })
    .refine((facts) => Object.keys(facts).length > 0, 'expected a change'),
])
const skuIds = z.array(units.positive())
export const catalogSchema = z
  .strictObject({
    indexLag: units.nonnegative().optional(),
    unlisted: z.strictObject({ all: z.boolean().optional(), skus: skuIds.optional() }).optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'expected a change')
export const flashSaleSchema = z.strictObject({ skuIds })
export const saleSchema = z.strictObject({ units: units.positive() })

/**
 * The VTEX account's control API:
 * `GET stock/:skuId`; `POST stock/:skuId` {warehouseId, total?, reserved?, unlimited?}, {price},
 * {components: [{skuId, quantity}]}, or {active?, productActive?, refId?, ean?}; `POST stock/:skuId/sell` {units}. All
 * return the changed SKU; 404 for an unknown SKU, 409 if the change is not possible.
 * `DELETE stock/:skuId` deletes it. `POST flash-sale` {skuIds} sells all units of each; 409, and nothing sold, if one is
 * unknown or unlimited.
 * `GET|PUT catalog` {indexLag?, unlisted?: {all?, skus?}}: milliseconds until the catalog API shows a change; SKUs that
 * its list does not return.
 */
export function addCommerceControl(router: Router, account: Account): void {
  const show = (id: number) => ({
    sku: account.sku(id),
    price: account.price(id),
    balances: account.balances(id),
    components: account.kits.components(id),
    partOf: account.kits.of(id),
  })

  router.use('/stock/:skuId', async (ctx, next) => {
    const id = parseSkuId(ctx.params.skuId ?? '')
    if (id === undefined || !account.sku(id)) {
      return ctx.throw(404, `there is no SKU ${ctx.params.skuId}`)
    }
    try {
      await next()
      ctx.body = account.sku(id) ? show(id) : null
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
    if ('price' in change) account.setPrice(id, change.price)
    else if ('components' in change) account.setComponents(id, change.components)
    else if ('warehouseId' in change) {
      const { warehouseId, ...balance } = change
      account.setBalance(id, warehouseId, balance)
    } else account.setFacts(id, change)
  })
  router.delete('/stock/:skuId', (ctx) => {
    account.removeSku(Number(ctx.params.skuId))
  })
  router.post('/stock/:skuId/sell', async (ctx) => {
    account.sell(Number(ctx.params.skuId), saleSchema.parse(await json(ctx.req)).units)
  })
  router.post('/flash-sale', async (ctx) => {
    const { skuIds } = flashSaleSchema.parse(await json(ctx.req))
    try {
      sellOut(account, skuIds)
    } catch (error) {
      if (error instanceof RefusedChange) ctx.throw(409, error.message)
      throw error
    }
    ctx.body = skuIds.map(show)
  })
  const { catalog, index } = account
  router.get('/catalog', (ctx) => {
    ctx.body = { indexLag: index.lag, unlisted: catalog.unlisted }
  })
  router.put('/catalog', async (ctx) => {
    const { indexLag, unlisted } = catalogSchema.parse(await json(ctx.req))
    if (indexLag !== undefined) index.lag = indexLag
    Object.assign(catalog.unlisted, unlisted)
    ctx.body = { indexLag: index.lag, unlisted: catalog.unlisted }
  })
}
