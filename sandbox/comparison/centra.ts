import type { Company } from '../world/centra/company'
import { stockItemsBySku } from '../world/centra/matches'
import { availableOf, type Row } from '../world/centra/row'
import type { Account } from '../world/commerce/account'
import { isSellable, type Sku } from '../world/commerce/sku'
import { type ExpectedOffer, offerSkuOf } from './expected-offer'
import type { ComparisonSettings } from './settings'

/**
 * Computes the expected offers of Centra's seller from the company and the account: for each VTEX SKU that exactly one
 * active row is matched to, the available stock minus the safety stock; 0 while the row or the SKU is inactive. Shares
 * no code with the app.
 */
export function* expectedFromCentra(
  company: Company,
  account: Account,
  settings: ComparisonSettings
): Generator<ExpectedOffer> {
  const { centraSellerId: sellerId } = settings
  if (sellerId === undefined) return
  for (const [skuId, stockItemId] of stockItemsBySku(account, company)) {
    const row = stockItemId === null ? undefined : company.row(stockItemId)
    const sku = account.sku(skuId)
    const offerSku = sku && offerSkuOf(sku, sellerId, settings)
    if (!row || !sku || !offerSku) continue
    const quantity = quantityOf(row, sku, settings)
    const changedAt = latest(company.changedAt(row), account.changedAt(skuId))
    yield { source: 'Centra', skuId, sellerId, offerSku, quantity, changedAt }
  }
}

function quantityOf(row: Row, sku: Sku, { safetyStock }: ComparisonSettings): number {
  return row.active && isSellable(sku) ? Math.max(0, availableOf(row) - safetyStock) : 0
}

function latest(...moments: (number | undefined)[]): number | undefined {
  const known = moments.filter((moment) => moment !== undefined)
  return known.length > 0 ? Math.max(...known) : undefined
}
