import type { Account } from '../commerce/account'
import { skuIdByEan, skuIdByRefId } from '../commerce/references'
import type { Company } from './company'
import { fullSkuOf, type Row } from './row'

/** The VTEX SKU that a row names, whatever other rows name: by its EAN, else by its full SKU as a RefId. */
export function skuIdOf(account: Account, row: Row): number | undefined {
  const byEan = row.ean ? skuIdByEan(account, row.ean) : undefined
  return byEan ?? skuIdByRefId(account, fullSkuOf(row))
}

/**
 * The stock item of each VTEX SKU that a row names; null for a SKU that several rows name: nobody knows which of
 * them it is. The SKUs that no row names are not there.
 */
export function stockItemsBySku(account: Account, company: Company): Map<number, number | null> {
  const items = new Map<number, number | null>()
  for (const row of company.rows()) {
    const skuId = skuIdOf(account, row)
    if (skuId !== undefined) items.set(skuId, items.has(skuId) ? null : row.stockItemId)
  }
  return items
}
