import { Company } from '../../sandbox/world/centra/company'
import { stockItemsBySku } from '../../sandbox/world/centra/matches'
import { availableOf } from '../../sandbox/world/centra/row'
import { Account } from '../../sandbox/world/commerce/account'
import { isSellable } from '../../sandbox/world/commerce/sku'
import { BENCH } from './faultCase'

const ROWS = 2

/** Two rows of Centra's that stay unreadable, ascending: they have something to sell, whatever else changes. */
export const BROKEN_ROWS: readonly number[] = someRows()

function someRows(): number[] {
  const account = new Account('bench', BENCH.skus, BENCH.seed, undefined, false)
  const company = new Company(account.catalog)
  const rows = [...stockItemsBySku(account, company)].flatMap(([skuId, id]) => {
    const sku = account.sku(skuId)
    const row = id === null ? undefined : company.row(id)
    return row?.active && sku?.refId && isSellable(sku) && availableOf(row) > 3
      ? [row.stockItemId]
      : []
  })
  return rows.sort((a, b) => a - b).slice(0, ROWS)
}
