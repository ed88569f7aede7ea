import { parseSkuId } from '../ids'
import { type ApiRequest, type ApiResponse, badRequest, notFound, ok } from './endpoint'

/**
 * VTEX: `GET stockkeepingunitkit?parentSkuId` -> a kit's components, `?skuId` -> the kits of a component: one object as
 * documented, a list if there are several. The response without any is undocumented: 404 here.
 */
export function kits({ account, query }: ApiRequest): ApiResponse {
  account.kitReads++
  const parent = parseSkuId(query.get('parentSkuId') ?? '')
  const skuId = parseSkuId(query.get('skuId') ?? '')
  if (parent === undefined && skuId === undefined) return badRequest('expected one id of a SKU')
  const parents = parent !== undefined ? [parent] : account.kits.of(skuId ?? 0)
  const rows = parents
    .filter((kit) => account.catalog.has(kit))
    .flatMap((kit) => account.kits.components(kit).map((component) => ({ kit, ...component })))
    .filter((row) => skuId === undefined || row.skuId === skuId)
    .map((row, place) => ({
      Id: row.kit * 100 + place,
      StockKeepingUnitParent: row.kit,
      StockKeepingUnitId: row.skuId,
      Quantity: row.quantity,
      UnitPrice: account.price(row.skuId),
    }))
  if (rows.length === 0) return notFound('No kit.')
  return ok(rows.length === 1 ? rows[0] : rows)
}
