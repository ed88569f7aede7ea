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
 * The stock item of each VTEX SKU that a row names: the one that is active; null for a SKU that several active
 * rows name: nobody knows which of them it is. Of rows that are all inactive it is the first, since there is
 * nothing to sell of any. The SKUs that no row names are not there.
 */
export function stockItemsBySku(account: Account, company: Company): Map<number, number | null> {
  const rows = new Map<number, Row[]>()
  for (const row of company.rows()) {
    const skuId = skuIdOf(account, row)
    if (skuId !== undefined) rows.set(skuId, [...(rows.get(skuId) ?? []), row])
  }
  return new Map([...rows].map(([skuId, named]) => [skuId, itemOf(named)]))
}

function itemOf(rows: readonly Row[]): number | null {
  const active = rows.filter((row) => row.active)
  const [item, another] = active.length > 0 ? active : rows.slice(0, 1)
  return item && !another ? item.stockItemId : null
}
