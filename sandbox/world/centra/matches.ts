import type { Account } from '../commerce/account'
import { skuIdByEan, skuIdByRefId } from '../commerce/references'
import type { Company } from './company'
import { fullSkuOf, type Row } from './row'

/** The VTEX SKU that a row is matched to: by its EAN, else by its full SKU as RefId. */
export function skuIdOf(account: Account, row: Row): number | undefined {
  const byEan = row.ean ? skuIdByEan(account, row.ean) : undefined
  return byEan ?? skuIdByRefId(account, fullSkuOf(row))
}

/**
 * The stock item of each matched VTEX SKU: the only active row; null if several active rows match (ambiguous); the first
 * row if all are inactive.
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
