/** A warehouse of the account; a deleted one lingers in balances and is in no list. */
export interface Warehouse {
  id: string
  name: string
  active: boolean
  deleted: boolean
}

/**
 * The account's warehouses. Three count: `1_1`, `north` and `outlet`.
 * VTEX: warehouse ids are case-sensitive here and not in the admin, hence
 * `outlet` beside the deleted `OUTLET`.
 */
export const WAREHOUSES: readonly Warehouse[] = [
  { id: '1_1', name: 'Main warehouse', active: true, deleted: false },
  { id: 'north', name: 'North', active: true, deleted: false },
  { id: 'outlet', name: 'Outlet', active: true, deleted: false },
  { id: 'returns', name: 'Returns', active: false, deleted: false },
  { id: 'pop-up', name: 'Pop-up store, closed', active: false, deleted: false },
  { id: 'OUTLET', name: 'Outlet, old', active: true, deleted: true },
]

/** Whether stock in this warehouse can be sold: it exists and is active. */
export function counts(warehouse: Warehouse): boolean {
  return warehouse.active && !warehouse.deleted
}
