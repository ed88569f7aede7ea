import { type Balance, unitsLeft } from './balance'
import { RefusedChange } from './changes'
import type { Kits } from './kits'
import { isSellable, type Sku } from './sku'

/** The part of the account that selling kits needs. */
interface StockAccount {
  readonly kits: Kits
  sku(id: number): Sku | undefined
  balances(id: number): Balance[]
  sell(id: number, units: number): boolean
}

/**
 * Units of a SKU that can be sold, for a kit as many as its components allow; `Infinity` if unlimited.
 */
export function sellableUnits(account: StockAccount, id: number): number {
  const components = account.kits.components(id)
  if (components.length === 0) return unitsLeft(account.balances(id))
  const kits = components.map(({ skuId, quantity }) => {
    const sku = account.sku(skuId)
    return sku && isSellable(sku) ? Math.floor(unitsLeft(account.balances(skuId)) / quantity) : 0
  })
  return Math.min(...kits)
}

/** Sells the components of a kit, all or none. Returns whether any stock changed. */
export function sellKit(account: StockAccount, id: number, units: number): boolean {
  const left = sellableUnits(account, id)
  if (left < units) throw new RefusedChange(`SKU ${id} has ${left} units to sell`)
  const sold = account.kits
    .components(id)
    .map(({ skuId, quantity }) => account.sell(skuId, quantity * units))
  return sold.includes(true)
}
