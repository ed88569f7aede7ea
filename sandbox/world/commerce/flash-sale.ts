import type { Account } from './account'
import { unitsLeft } from './balance'
import { RefusedChange } from './changes'

/**
 * Sells all that can be sold of SKUs, each as an order does, of which VTEX tells as of any other. Of one that
 * is sold out already nothing is sold. Throws `RefusedChange` for unknown SKUs and unlimited stock, and then
 * nothing of any was sold.
 */
export function sellOut(account: Account, skuIds: readonly number[]): void {
  const sales = [...new Set(skuIds)].map((skuId) => {
    if (!account.sku(skuId)) throw new RefusedChange(`there is no SKU ${skuId}`)
    const units = unitsLeft(account.balances(skuId))
    if (!Number.isFinite(units)) throw new RefusedChange(`SKU ${skuId} has unlimited stock`)
    return { skuId, units }
  })
  for (const { skuId, units } of sales) if (units > 0) account.sell(skuId, units)
}
