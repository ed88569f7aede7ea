import type { Account } from './account'
import type { Balance } from './balance'
import type { Sku } from './sku'
import { WAREHOUSES } from './warehouses'

/** The app's settings that decide which quantity belongs to which offer. */
export interface TruthSettings {
  skuIdentifier: 'refId' | 'skuId' | 'ean'
  /** Template of the offer SKU of seller 1: `{sku}` and `{sellerId}` are filled in. */
  offerSku: string
  safetyStock: number
  unlimitedQuantity: number
  excludedWarehouses: string[]
}

/** What Intershop must hold for a SKU of seller 1. */
export interface ExpectedOffer {
  skuId: number
  offerSku: string
  quantity: number
}

/**
 * What Intershop must hold of seller 1, read from the account itself and from
 * design.md's invariant 6. It shares no code with the app that it judges.
 * A SKU without the chosen identifier is not expected.
 */
export function* expectedOffers(
  account: Account,
  settings: TruthSettings
): Generator<ExpectedOffer> {
  const expect = expectation(account, settings)
  for (const skuId of account.catalog.ids()) {
    const offer = expect(skuId)
    if (offer) yield offer
  }
}

/** Tells of one SKU at a time what `expectedOffers` tells of all. */
export function expectation(
  account: Account,
  settings: TruthSettings
): (skuId: number) => ExpectedOffer | undefined {
  const counted = countedWarehouses(settings)
  return (skuId) => {
    const sku = account.sku(skuId)
    const identifier = sku && identifierOf(sku, settings)
    if (!sku || !identifier) return undefined
    const quantity = saleable(sku) ? quantityOf(account.balances(skuId), counted, settings) : 0
    const offerSku = settings.offerSku.replace(/\{(sku|sellerId)\}/g, (_, name: string) =>
      name === 'sku' ? identifier : '1'
    )
    return { skuId, offerSku, quantity }
  }
}

function countedWarehouses(settings: TruthSettings): Set<string> {
  const ids = WAREHOUSES.filter((each) => each.active && !each.deleted).map((each) => each.id)
  return new Set(ids.filter((id) => !settings.excludedWarehouses.includes(id)))
}

function identifierOf(sku: Sku, settings: TruthSettings): string | undefined {
  if (settings.skuIdentifier === 'skuId') return String(sku.id)
  return settings.skuIdentifier === 'ean' ? sku.ean : sku.refId
}

// A SKU cannot be bought while its product is inactive.
function saleable(sku: Sku): boolean {
  return sku.active && sku.productActive
}

function quantityOf(
  balances: Balance[],
  counted: Set<string>,
  { safetyStock, unlimitedQuantity }: TruthSettings
): number {
  let units = 0
  for (const { warehouseId, unlimited, total, reserved } of balances) {
    if (!counted.has(warehouseId)) continue
    if (unlimited) return unlimitedQuantity
    if (total > reserved) units += total - reserved
  }
  return units > safetyStock ? units - safetyStock : 0
}
