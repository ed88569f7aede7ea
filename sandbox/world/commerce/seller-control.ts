import type Router from '@koa/router'
import { json } from 'co-body'
import { z } from 'zod'
import type { Account } from './account'
import { bindingsOf } from './bindings'
import { RefusedChange } from './changes'
import { parseSkuId } from './ids'

export const shapeSchema = z.strictObject({
  pascalCase: z.boolean().optional(),
  oneAsObject: z.boolean().optional(),
  withoutQuantity: z.array(z.string()).optional(),
})
export const sellerSchema = z.strictObject({ active: z.boolean() })
export const bindingSchema = z.strictObject({
  active: z.boolean().optional(),
  quantity: z.int().nonnegative().optional(),
})

export const unlistedSchema = z.strictObject({
  all: z.boolean().optional(),
  skus: z.array(z.int().positive()).optional(),
})

/**
 * The marketplace's control API:
 * `GET|PUT sellers` {pascalCase?, oneAsObject?, withoutQuantity?}: the sellers and the shape of their offers;
 * `POST sellers/:sellerId` {active}; `GET|POST sellers/:sellerId/skus/:skuId` {active?, quantity?}: a seller's binding,
 * created by POST if missing; `DELETE` removes it.
 * `PUT sellers/:sellerId/unlisted` {all?, skus?}: bindings that the seller's list does not return.
 * 404 for unknown sellers, SKUs and bindings.
 */
export function addSellerControl(router: Router, account: Account): void {
  const { marketplace } = account
  const show = () => ({ ...marketplace.shape, sellers: account.sellers })

  router.use('/sellers', async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      if (error instanceof RefusedChange) ctx.throw(404, error.message)
      throw error
    }
  })
  router.get('/sellers', (ctx) => {
    ctx.body = show()
  })
  router.put('/sellers', async (ctx) => {
    Object.assign(marketplace.shape, shapeSchema.parse(await json(ctx.req)))
    ctx.body = show()
  })
  router.post('/sellers/:sellerId', async (ctx) => {
    const { sellerId = '' } = ctx.params
    marketplace.setSeller(sellerId, sellerSchema.parse(await json(ctx.req)).active)
    ctx.body = account.sellers.find(({ id }) => id === sellerId)
  })
  router.put('/sellers/:sellerId/unlisted', async (ctx) => {
    const { sellerId = '' } = ctx.params
    marketplace.setUnlisted(sellerId, unlistedSchema.parse(await json(ctx.req)))
    ctx.body = marketplace.unlistedOf(sellerId)
  })
  router.use('/sellers/:sellerId/skus/:skuId', async (ctx, next) => {
    const id = parseSkuId(ctx.params.skuId ?? '')
    if (id === undefined || !account.sku(id)) ctx.throw(404, `there is no SKU ${ctx.params.skuId}`)
    const { sellerId } = ctx.params
    const find = () => bindingsOf(account, Number(id)).find(({ seller }) => seller.id === sellerId)
    const before = find()
    await next()
    const found = find() ?? (ctx.method === 'DELETE' ? before : undefined)
    ctx.body = found ?? ctx.throw(404, `seller ${sellerId} is not bound to SKU ${id}`)
  })
  router.get('/sellers/:sellerId/skus/:skuId', (ctx) => {
    ctx.status = 200
  })
  router.delete('/sellers/:sellerId/skus/:skuId', (ctx) => {
    const { sellerId = '', skuId } = ctx.params
    marketplace.unbind(sellerId, Number(skuId))
  })
  router.post('/sellers/:sellerId/skus/:skuId', async (ctx) => {
    const { sellerId = '', skuId } = ctx.params
    marketplace.bind(sellerId, Number(skuId), bindingSchema.parse(await json(ctx.req)))
  })
}
