import { parseSkuId } from '../ids'
import { WAREHOUSES } from '../warehouses'
import { type ApiRequest, type ApiResponse, notFound, ok } from './endpoint'

const NAMES = new Map(WAREHOUSES.map((warehouse) => [warehouse.id, warehouse.name]))

/** VTEX: `GET inventory/skus/{skuId}` -> a row for each warehouse, `skuId` a string. */
export function inventory({ account, path }: ApiRequest): ApiResponse {
  const id = parseSkuId(path[0] ?? '')
  if (id === undefined || !account.catalog.has(id)) return notFound('SKU not found.')
  account.stockReads++
  const balance = account.balances(id).map((row) => ({
    warehouseId: row.warehouseId,
    warehouseName: NAMES.get(row.warehouseId),
    totalQuantity: row.total,
    reservedQuantity: row.reserved,
    hasUnlimitedQuantity: row.unlimited,
    timeToRefill: null,
    dateOfSupplyUtc: null,
    leadTime: row.leadTime,
  }))
  return ok({ skuId: String(id), balance })
}

/** VTEX: `GET configuration/warehouses` -> all warehouses except deleted ones, unpaged. */
export function warehouses({ account }: ApiRequest): ApiResponse {
  const list = account.warehouses.filter((warehouse) => !warehouse.deleted)
  return ok(
    list.map(({ id, name, active }, priority) => ({
      id,
      name,
      warehouseDocks: [{ dockId: '1_1_1', name: 'Main dock', time: '00:00:00', cost: 0 }],
      pickupPointIds: [],
      priority,
      isActive: active,
    }))
  )
}
