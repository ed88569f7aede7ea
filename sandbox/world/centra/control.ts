import type Router from '@koa/router'
import { json } from 'co-body'
import { z } from 'zod'
import type { Account } from '../commerce/account'
import { RefusedChange } from '../commerce/changes'
import { behaviourSchema } from './behaviour'
import type { StockChange } from './changes'
import type { Company } from './company'
import { skuIdOf } from './matches'
import { availableOf, type Row, type RowFacts } from './row'

const FIRST = 20

const units = z.int()
/** ISO 8601; default now. */
const at = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .optional()
const facts = {
  active: z.boolean().optional(),
  ean: z.string().min(1).nullable().optional(),
  variantSku: z.string().optional(),
  sizeSku: z.string().nullable().optional(),
}
export const changeSchema = z
  .union([
    z.strictObject({ physicalStock: units.optional(), allocatedStock: units.optional(), at }),
    z.strictObject({ ...facts, sku: z.string().min(1).optional(), at }),
  ])
  .refine(({ at: _, ...change }) => Object.keys(change).length > 0, 'expected a change')
export const newRowSchema = z.strictObject({
  ...facts,
  sku: z.string().min(1),
  physicalStock: units.nonnegative().optional(),
  at,
})
export const unitsSchema = z.strictObject({ units: units.positive(), at })

/**
 * The company's control API:
 * `GET|PUT centra`: its behaviour and number of rows; PUT changes the given fields.
 * `GET|DELETE centra/calls`: counts of the requests to its API.
 * `GET centra/rows`: the first 20; `POST centra/rows` {sku, variantSku?, sizeSku?, ean?, active?, physicalStock?}.
 * `GET|POST|DELETE centra/rows/:stockItemId`: {physicalStock?, allocatedStock?}, or
 * {active?, ean?, sku?, variantSku?, sizeSku?}; `POST centra/rows/:stockItemId/sell|restock` {units}.
 * Each change except a removal accepts `at`, the ISO timestamp to record for it. All return the changed row with the VTEX
 * SKU that it is matched to; 404 for an unknown row, 409 if its stock does not allow the change.
 */
export function addCentraControl(router: Router, company: Company, account: Account): void {
  const show = (row: Row) => ({
    row: { ...row, available: availableOf(row) },
    skuId: skuIdOf(account, row) ?? null,
  })
  const about = () => ({ behaviour: company.behaviour, rows: rowsOf(company) })

  router.get('/centra', (ctx) => {
    ctx.body = about()
  })
  router.put('/centra', async (ctx) => {
    Object.assign(company.behaviour, behaviourSchema.partial().parse(await json(ctx.req)))
    ctx.body = about()
  })
  router.get('/centra/calls', (ctx) => {
    ctx.body = company.calls.all()
  })
  router.delete('/centra/calls', (ctx) => {
    company.calls.reset()
    ctx.status = 204
  })
  router.get('/centra/rows', (ctx) => {
    ctx.body = firstRows(company).map(show)
  })
  router.post('/centra/rows', async (ctx) => {
    const { at: moment, ...row } = newRowSchema.parse(await json(ctx.req))
    ctx.body = show(company.addRow(row, moment))
    ctx.status = 201
  })

  router.use('/centra/rows/:stockItemId', async (ctx, next) => {
    if (!company.row(Number(ctx.params.stockItemId))) {
      return ctx.throw(404, `there is no row ${ctx.params.stockItemId}`)
    }
    try {
      await next()
    } catch (error) {
      if (error instanceof RefusedChange) ctx.throw(409, error.message)
      throw error
    }
  })
  const change = (path: string, make: (id: number, body: unknown) => Row) =>
    router.post(`/centra/rows/:stockItemId${path}`, async (ctx) => {
      ctx.body = show(make(Number(ctx.params.stockItemId), await json(ctx.req)))
    })
  change('', (id, body) => {
    const { at: moment, ...to } = changeSchema.parse(body)
    return isOfStock(to) ? company.setStock(id, to, moment) : company.setFacts(id, to, moment)
  })
  change('/sell', (id, body) => {
    const sale = unitsSchema.parse(body)
    return company.sell(id, sale.units, sale.at)
  })
  change('/restock', (id, body) => {
    const delivery = unitsSchema.parse(body)
    return company.restock(id, delivery.units, delivery.at)
  })
  router.get('/centra/rows/:stockItemId', (ctx) => {
    // The middleware has checked that it exists.
    ctx.body = show(company.row(Number(ctx.params.stockItemId)) as Row)
  })
  router.delete('/centra/rows/:stockItemId', (ctx) => {
    ctx.body = show(company.removeRow(Number(ctx.params.stockItemId)))
  })
}

function isOfStock(to: StockChange | RowFacts): to is StockChange {
  return 'physicalStock' in to || 'allocatedStock' in to
}

function rowsOf(company: Company): number {
  const removed = company.changedNumbers().filter((number) => company.isRemoved(number))
  return company.numbers - removed.length
}

function firstRows(company: Company): Row[] {
  const first: Row[] = []
  for (const row of company.rows()) {
    if (first.length === FIRST) break
    first.push(row)
  }
  return first
}
