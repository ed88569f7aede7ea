import type { Account } from '../world/commerce/account'
import { type Binding, boundTo, quantityIn } from '../world/commerce/bindings'
import { isSellable } from '../world/commerce/sku'
import { type ExpectedOffer, isExported, offerSkuOf } from './expected-offer'
import type { ComparisonSettings } from './settings'

const A_TIME = 100

/**
 * What Intershop must hold of the sellers other than the account and Centra's, read from the account itself: of
 * each SKU that they are bound to what they offer in the chosen sales channel, or in their best, less the safety
 * stock; nothing while SKU, binding or seller is inactive. It shares no code with the app that it judges.
 * An inactive seller's offers must be 0 where Intershop holds them, and need not be there.
 */
export function* expectedFromSellers(
  account: Account,
  settings: ComparisonSettings
): Generator<ExpectedOffer> {
  for (const seller of account.sellers) {
    const { id, active } = seller
    if (id === '1' || id === settings.centraSellerId || !isExported(id, settings)) continue
    for (let from = 0; ; from += A_TIME) {
      const bindings = boundTo(account, seller, from, from + A_TIME)
      for (const binding of bindings) yield* expectedOf(account, binding, active, settings)
      if (bindings.length < A_TIME) break
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
