import type { RowFacts } from './row'

/** A row's new stock; what is absent stays. `availableStock` follows. */
export interface StockChange {
  physicalStock?: number
  allocatedStock?: number
}

/** A row to be: a product of one size, known by these. */
export interface NewRow extends RowFacts {
  sku: string
  /** Units, none of them allocated; 10 when absent. */
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

/** A change that was made, and when, in epoch milliseconds. */
export type Made = Mutation & { at: number }
