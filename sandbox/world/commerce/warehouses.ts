/** A warehouse of the account; a deleted one stays in balances but is not listed. */
export interface Warehouse {
  id: string
  name: string
  active: boolean
  deleted: boolean
}

/**
 * The account's warehouses; `1_1`, `north` and `outlet` are included in stock. VTEX: warehouse ids are case-sensitive
 * here but not in the Admin, hence `outlet` beside the deleted `OUTLET`.
 */
export const WAREHOUSES: readonly Warehouse[] = [
  { id: '1_1', name: 'Main warehouse', active: true, deleted: false },
  { id: 'north', name: 'North', active: true, deleted: false },
  { id: 'outlet', name: 'Outlet', active: true, deleted: false },
  { id: 'returns', name: 'Returns', active: false, deleted: false },
  { id: 'pop-up', name: 'Pop-up store, closed', active: false, deleted: false },
  { id: 'OUTLET', name: 'Outlet, old', active: true, deleted: true },
]

/** Whether stock in this warehouse can be sold: it is not deleted and active. */
export function isIncluded(warehouse: Warehouse): boolean {
  return warehouse.active && !warehouse.deleted
}
