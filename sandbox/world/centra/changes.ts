import type { RowFacts } from './row'

/** New stock of a row; absent fields stay. `availableStock` is computed. */
export interface StockChange {
  physicalStock?: number
  allocatedStock?: number
}

/** A new row: a product of one size. */
export interface NewRow extends RowFacts {
  sku: string
  /** Units, none of them allocated; default 10. */
  physicalStock?: number
}

/** A change of the company, as data. */
export type Mutation =
  | { change: 'sell'; stockItemId: number; units: number }
  | { change: 'restock'; stockItemId: number; units: number }
  | { change: 'setStock'; stockItemId: number; to: StockChange }
  | { change: 'setFacts'; stockItemId: number; to: RowFacts }
  | { change: 'removeRow'; stockItemId: number }
  | { change: 'addRow'; to: NewRow }

/** A change and its time in epoch milliseconds. */
export type Made = Mutation & { at: number }
