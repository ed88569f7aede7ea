import type { Account } from '../world/commerce/account'
import type { Balance } from '../world/commerce/balance'
import { isSellable } from '../world/commerce/sku'
import { WAREHOUSES } from '../world/commerce/warehouses'
import { type ExpectedOffer, isExported, OWN_SELLER, offerSkuOf } from './expected-offer'
import type { ComparisonSettings } from './settings'

/**
 * Computes the expected offers of seller 1 from the account: the sum over active, included warehouses of
 * max(0, total - reserved), minus the safety stock. Shares no code with the app. None without the chosen identifier,
 * and none if Centra keeps the stock of seller 1.
 */
export function* expectedOwnOffers(
  account: Account,
  settings: ComparisonSettings
): Generator<ExpectedOffer> {
  if (settings.centraSellerId === OWN_SELLER || !isExported(OWN_SELLER, settings)) return
  const expect = ownOfferOf(account, settings)
  for (const skuId of account.catalog.ids()) {
    const offer = expect(skuId)
    if (offer) yield offer
  }
}

/** Returns a function that computes the expected offer of one SKU, like `expectedOwnOffers`. */
export function ownOfferOf(
  account: Account,
  settings: ComparisonSettings
): (skuId: number) => ExpectedOffer | undefined {
  const included = includedWarehouses(settings)
  return (skuId) => {
    const sku = account.sku(skuId)
    const offerSku = sku && offerSkuOf(sku, OWN_SELLER, settings)
    if (!sku || !offerSku) return undefined
    const quantity = isSellable(sku) ? quantityOf(account, skuId, included, settings) : 0
    const changedAt = lastChangeWithComponents(account, skuId)
    return { source: 'own stock', skuId, sellerId: OWN_SELLER, offerSku, quantity, changedAt }
  }
}

function includedWarehouses(settings: ComparisonSettings): Set<string> {
  const ids = WAREHOUSES.filter((each) => each.active && !each.deleted).map((each) => each.id)
  return new Set(ids.filter((id) => !settings.excludedWarehouses.includes(id)))
}

function quantityOf(
  account: Account,
  skuId: number,
  included: Set<string>,
  { safetyStock, unlimitedQuantity }: ComparisonSettings
): number {
  const units = unitsOf(account, skuId, included)
  if (units === Number.POSITIVE_INFINITY) return unlimitedQuantity
  return units > safetyStock ? units - safetyStock : 0
}

/** Units in included warehouses; for a kit, the number that its components allow. */
function unitsOf(account: Account, skuId: number, included: Set<string>): number {
  let kits = Number.POSITIVE_INFINITY
  const components = account.kits.components(skuId)
  if (components.length === 0) return unitsIn(account.balances(skuId), included)
  for (const { skuId: part, quantity } of components) {
    const sku = account.sku(part)
    const units = sku && isSellable(sku) ? unitsIn(account.balances(part), included) : 0
    kits = Math.min(kits, Math.floor(units / quantity))
  }
  return kits
}

function unitsIn(balances: readonly Balance[], included: Set<string>): number {
  let units = 0
  for (const { warehouseId, unlimited, total, reserved } of balances) {
    if (!included.has(warehouseId)) continue
    if (unlimited) return Number.POSITIVE_INFINITY
    if (total > reserved) units += total - reserved
  }
  return units
}

function lastChangeWithComponents(account: Account, skuId: number): number | undefined {
  const parts = account.kits.stockSkusOf(skuId)
  const moments = parts.map((id) => account.changedAt(id)).filter((at) => at !== undefined)
  return moments.length > 0 ? Math.max(...moments) : undefined
}
