import type { Account } from './account'
import { RefusedChange } from './changes'
import { sellableUnits } from './kit-stock'

/**
 * Sells all units of SKUs, each like an order. Throws `RefusedChange` for unknown SKUs and unlimited stock, before
 * anything is sold.
 */
export function sellOut(account: Account, skuIds: readonly number[]): void {
  const sold = [...new Set(skuIds)]
  for (const skuId of sold) {
    if (!account.sku(skuId)) throw new RefusedChange(`there is no SKU ${skuId}`)
    if (!Number.isFinite(sellableUnits(account, skuId))) {
      throw new RefusedChange(`SKU ${skuId} has unlimited stock`)
    }
  }
  for (const skuId of sold) {
    const units = sellableUnits(account, skuId)
    if (units > 0) account.sell(skuId, units)
  }
}
