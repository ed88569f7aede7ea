import { hash } from '../../common/hash'
import { type BalanceChange, RefusedChange } from './changes'
import { kindsOf, type StockKind } from './kinds'
import { isIncluded, WAREHOUSES, type Warehouse } from './warehouses'

/** A SKU's stock in one warehouse, in units. Total and reserved can be negative in VTEX. */
export interface Balance {
  warehouseId: string
  total: number
  reserved: number
  unlimited: boolean
  /** VTEX: `d.hh:mm:ss`; it can be missing. */
  leadTime?: string
}

const EMPTY = { total: 0, reserved: 0, unlimited: false }

/** A SKU's generated stock, a row for each warehouse. VTEX lists empty ones too. */
export function seededBalances(seed: number, skuId: number): Balance[] {
  const { stock } = kindsOf(seed, skuId)
  return WAREHOUSES.map((warehouse, index) => {
    const balance: Balance = {
      warehouseId: warehouse.id,
      ...unitsOf(stock, warehouse, hash(seed, skuId, 41 + index)),
      leadTime: '1.00:00:00',
    }
    if (stock === 'withoutLeadTime') delete balance.leadTime
    return balance
  })
}

/** Ten units in each warehouse. */
export function ordinaryBalances(): Balance[] {
  return WAREHOUSES.map(({ id: warehouseId }) => ({
    warehouseId,
    total: 10,
    reserved: 0,
    unlimited: false,
    leadTime: '1.00:00:00',
  }))
}

/** Units to sell in all included warehouses; `Infinity` if one is unlimited. */
export function unitsLeft(balances: readonly Balance[]): number {
  const open = new Set(WAREHOUSES.filter(isIncluded).map(({ id }) => id))
  const rows = balances.filter(({ warehouseId }) => open.has(warehouseId))
  if (rows.some(({ unlimited }) => unlimited)) return Number.POSITIVE_INFINITY
  return rows.reduce((units, { total, reserved }) => units + Math.max(0, total - reserved), 0)
}

/** Returns the balances with the one of a warehouse changed. */
export function changed(
  balances: readonly Balance[],
  skuId: number,
  warehouseId: string,
  change: BalanceChange
): Balance[] {
  if (balances.length === 0) {
    throw new RefusedChange(`SKU ${skuId} is a kit: its stock is that of its components`)
  }
  if (balances.every((balance) => balance.warehouseId !== warehouseId)) {
    throw new RefusedChange(`SKU ${skuId} has no warehouse ${warehouseId}`)
  }
  return balances.map((balance) => ({
    ...balance,
    ...(balance.warehouseId === warehouseId && change),
  }))
}

/** Returns the balances with units reserved, warehouse by warehouse, all or none; undefined if stock is unlimited. */
export function reserved(balances: readonly Balance[], skuId: number, units: number) {
  const open = new Set(WAREHOUSES.filter(isIncluded).map(({ id }) => id))
  const after = balances.map((balance) => ({ ...balance }))
  const rows = after.filter(({ warehouseId }) => open.has(warehouseId))
  if (rows.some(({ unlimited }) => unlimited)) return undefined
  let left = units
  for (const row of rows) {
    const taken = Math.min(left, Math.max(0, row.total - row.reserved))
    row.reserved += taken
    left -= taken
  }
  if (left > 0) throw new RefusedChange(`SKU ${skuId} has ${units - left} units to sell`)
  return after
}

function unitsOf(stock: StockKind, warehouse: Warehouse, drawn: number) {
  const rule = RULES[stock]
  const ordinary = { total: 10 + (drawn % 90), reserved: (drawn >>> 8) % 8, unlimited: false }
  return rule ? rule(ordinary, warehouse) : ordinary
}

type Units = Omit<Balance, 'warehouseId' | 'leadTime'>
type Rule = (ordinary: Units, warehouse: Warehouse) => Units

const isMain = (warehouse: Warehouse) => warehouse.id === '1_1'

const RULES: { [kind in StockKind]?: Rule } = {
  soldOut: () => EMPTY,
  oversold: (units, at) => (isMain(at) ? { ...units, reserved: units.total + 7 } : units),
  oversoldEverywhere: (units, at) =>
    isIncluded(at) ? { ...units, reserved: units.total + units.reserved + 1 } : units,
  negativeTotal: (units, at) => (isMain(at) ? { ...units, total: -units.total } : units),
  negativeReserved: (units, at) => (isMain(at) ? { ...units, reserved: -4 } : units),
  unlimited: (units, at) => (at.id === 'north' ? { ...units, unlimited: true } : units),
  unlimitedElsewhere: (units, at) => (isIncluded(at) ? units : { ...units, unlimited: true }),
  stockElsewhere: (units, at) => (isIncluded(at) ? EMPTY : units),
}
