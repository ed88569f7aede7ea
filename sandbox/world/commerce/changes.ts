import type { Component } from './component'

/** What VTEX would tell its broadcaster about a SKU. */
export interface SkuChange {
  skuId: number
  productId: number
  active: boolean
  /** When it happened, in milliseconds. */
  at: number
  stockModified: boolean
  priceModified: boolean
  skuModified: boolean
  removed: boolean
}

/** A change that the account refuses, such as one of a SKU that it does not have. */
export class RefusedChange extends Error {}

/** A warehouse's new numbers for a SKU; what is absent stays. */
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

/** A SKU's new facts; `null` takes an identifier away. */
export interface SkuFacts {
  active?: boolean
  productActive?: boolean
  refId?: string | null
  ean?: string | null
}
