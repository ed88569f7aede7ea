import type { Component } from './component'

/** A change of a SKU, as VTEX's broadcaster gets it. */
export interface SkuChange {
  skuId: number
  productId: number
  active: boolean
  /** Epoch milliseconds. */
  at: number
  stockModified: boolean
  priceModified: boolean
  skuModified: boolean
  removed: boolean
}

/** Thrown for a change that is not possible, for example of an unknown SKU. */
export class RefusedChange extends Error {}

/** A SKU's new stock in a warehouse; absent fields stay. */
export interface BalanceChange {
  total?: number
  reserved?: number
  unlimited?: boolean
}

/** A change of the account, as data. */
export type Mutation =
  | { change: 'setBalance'; skuId: number; warehouseId: string; to: BalanceChange }
  | { change: 'sell'; skuId: number; units: number }
  | { change: 'setPrice'; skuId: number; price: number }
  | { change: 'setFacts'; skuId: number; to: SkuFacts }
  | { change: 'setComponents'; skuId: number; to: readonly Component[] }
  | { change: 'addSku'; to: SkuFacts }
  | { change: 'removeSku'; skuId: number }

/** New fields of a SKU; `null` removes an identifier. */
export interface SkuFacts {
  active?: boolean
  productActive?: boolean
  refId?: string | null
  ean?: string | null
}
