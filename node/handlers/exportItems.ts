import { stringify } from 'csv-stringify/sync'
import { STOCK } from '../common/paths'
import { itemsOf, type ListName } from '../exports/batches'
import type { Report } from '../exports/report'
import type { Context } from '../middlewares/errorHandler'
import { queryOf } from '../middlewares/request'
import { servicesOf } from '../services'
import { itemsQuery } from '../status/parameters'
import { exportIdOf, reportIn } from './exports'

const ITEMS_A_PAGE = 1_000

const COLUMNS = {
  failures: ['skuId', 'rowId', 'sellerId', 'code', 'message'],
  unmapped: ['skuId', 'rowId', 'sellerId', 'code', 'message'],
  held: ['skuId', 'sellerId', 'offerSku'],
} satisfies Record<ListName, string[]>

/** GET /exports/:exportId/failures, /unmapped and /held: all of them, in pages, as JSON or CSV. */
export const listItems = (list: ListName) =>
  async function handle(ctx: Context): Promise<void> {
    const exportId = exportIdOf(ctx)
    const { format = 'json', after = 0, limit = ITEMS_A_PAGE } = queryOf(ctx, itemsQuery)
    const report = await reportIn(ctx, exportId)
    const total = totalOf(report, list)
    const items = report.batches
      ? await itemsOf(servicesOf(ctx).documents, report.batches, list, { after, limit })
      : firstOf(report, list).slice(after, after + limit)
    const next = after + limit < total ? after + limit : undefined
    if (format === 'json') {
      ctx.body = { exportId, total, items, ...(next !== undefined && { next }) }
    } else {
      const more = `${STOCK}/exports/${exportId}/${list}?format=csv&after=${next}&limit=${limit}`
      if (next !== undefined) ctx.set('link', `<${more}>; rel="next"`)
      // Spreadsheets would run a text that begins with = as a formula.
      const options = { header: true, columns: COLUMNS[list], escape_formulas: true }
      ctx.body = stringify(items, options)
      ctx.type = 'text/csv; charset=utf-8'
    }
    ctx.status = 200
  }

const totalOf = (report: Report, list: ListName): number =>
  report.batches
    ? report.batches.reduce((sum, { [list]: count }) => sum + count, 0)
    : firstOf(report, list).length

/** Reports of earlier versions have the first hundred alone. */
const firstOf = (report: Report, list: ListName) =>
  list === 'held' ? report.heldOffers : report[list]
