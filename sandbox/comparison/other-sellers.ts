import type { Account } from '../world/commerce/account'
import { type Binding, boundTo, quantityIn } from '../world/commerce/bindings'
import { isSellable } from '../world/commerce/sku'
import { type ExpectedOffer, isExported, offerSkuOf } from './expected-offer'
import type { ComparisonSettings } from './settings'

const PAGE_SIZE = 100

/**
 * Computes the expected offers of the other sellers, without Centra's, from the account: the quantity in the chosen
 * sales channel, or the highest of all, minus the safety stock; 0 while the SKU, binding or seller is inactive. Shares
 * no code with the app. An inactive seller's offers may also be missing in Intershop.
 */
export function* expectedFromSellers(
  account: Account,
  settings: ComparisonSettings
): Generator<ExpectedOffer> {
  for (const seller of account.sellers) {
    const { id, active } = seller
    if (id === '1' || id === settings.centraSellerId || !isExported(id, settings)) continue
    for (let from = 0; ; from += PAGE_SIZE) {
      const bindings = boundTo(account, seller, from, from + PAGE_SIZE)
      for (const binding of bindings) yield* expectedOf(account, binding, active, settings)
      if (bindings.length < PAGE_SIZE) break
    }
  }
}

function* expectedOf(
  account: Account,
  binding: Binding,
  sellerActive: boolean,
  settings: ComparisonSettings
): Generator<ExpectedOffer> {
  const { skuId, seller } = binding
  const sku = account.sku(skuId)
  const offerSku = sku && offerSkuOf(sku, seller.id, settings)
  if (!sku || !offerSku) return
  const { salesChannel, safetyStock } = settings
  const counted = salesChannel === undefined ? sku.salesChannels : [salesChannel]
  const units = counted.map((channel) => quantityIn(binding, sku.salesChannels, channel))
  const quantity =
    sellerActive && binding.active && isSellable(sku)
      ? Math.max(0, Math.max(...units) - safetyStock)
      : 0
  const moments = [account.changedAt(skuId), account.marketplace.changedAt(seller.id, skuId)]
  const known = moments.filter((moment) => moment !== undefined)
  const changedAt = known.length > 0 ? Math.max(...known) : undefined
  yield {
    source: `seller ${seller.id}`,
    ...{ skuId, sellerId: seller.id, offerSku, quantity, changedAt },
    ...(!sellerActive && { mayBeMissing: true }),
  }
}
