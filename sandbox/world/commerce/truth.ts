import type { Account } from './account'
import type { Balance } from './balance'
import { type Sku, saleable } from './sku'
import { WAREHOUSES } from './warehouses'

/** The app's settings that decide which quantity belongs to which offer. */
export interface TruthSettings {
  skuIdentifier: 'refId' | 'skuId' | 'ean'
  /** Template of offer SKUs, with `{sku}` and `{sellerId}`; absent: `{sku}`, and other sellers' with `_{sellerId}`. */
  offerSku?: string | undefined
  safetyStock: number
  unlimitedQuantity: number
  excludedWarehouses: string[]
  /** The sellers whose offers are exported; absent or empty: all. */
  sellers?: string[] | undefined
  /** The sales channel whose quantities count for other sellers' offers; absent: the best of all. */
  salesChannel?: number | undefined
  /** The seller whose stock is Centra's; absent where no Centra is read. */
  centraSellerId?: string | undefined
}

/** Where an offer's quantity comes from; of the marketplace's other sellers, from which. */
export type SourceName = 'own stock' | `seller ${string}` | 'Centra'

/** What Intershop must hold for a SKU of a seller. */
export interface ExpectedOffer {
  source: SourceName
  skuId: number
  sellerId: string
  offerSku: string
  quantity: number
  /** When something that it depends on last changed, in epoch milliseconds; absent when nothing did. */
  changedAt?: number | undefined
  /** It is also right that Intershop never heard of it. */
  mayBeMissing?: boolean | undefined
}

const OWN = '1'

/** Whether the settings have a seller's offers exported. */
export const isExported = (sellerId: string, { sellers = [] }: Pick<TruthSettings, 'sellers'>) =>
  sellers.length === 0 || sellers.includes(sellerId)

/**
 * What Intershop must hold of seller 1, read from the account itself and from
 * design.md's invariant 6. It shares no code with the app that it judges.
 * A SKU without the chosen identifier is not expected, and nothing is where seller 1 is Centra's.
 */
export function* expectedOffers(
  account: Account,
  settings: TruthSettings
): Generator<ExpectedOffer> {
  if (settings.centraSellerId === OWN || !isExported(OWN, settings)) return
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
    const offerSku = sku && offerSkuOf(sku, OWN, settings)
    if (!sku || !offerSku) return undefined
    const quantity = saleable(sku) ? quantityOf(account, skuId, counted, settings) : 0
    const changedAt = changedWithParts(account, skuId)
    return { source: 'own stock', skuId, sellerId: OWN, offerSku, quantity, changedAt }
  }
}

/** What a seller's offer of a SKU is called in Intershop; undefined for a SKU without the chosen identifier. */
export function offerSkuOf(
  sku: Sku,
  sellerId: string,
  settings: Pick<TruthSettings, 'skuIdentifier' | 'offerSku'>
): string | undefined {
  const identifier = identifierOf(sku, settings)
  if (!identifier) return undefined
  const { offerSku = sellerId === OWN ? '{sku}' : '{sku}_{sellerId}' } = settings
  return offerSku.replace(/\{(sku|sellerId)\}/g, (_, name: string) =>
    name === 'sku' ? identifier : sellerId
  )
}

function countedWarehouses(settings: TruthSettings): Set<string> {
  const ids = WAREHOUSES.filter((each) => each.active && !each.deleted).map((each) => each.id)
  return new Set(ids.filter((id) => !settings.excludedWarehouses.includes(id)))
}

function identifierOf(
  sku: Sku,
  { skuIdentifier }: Pick<TruthSettings, 'skuIdentifier'>
): string | undefined {
  if (skuIdentifier === 'skuId') return String(sku.id)
  return skuIdentifier === 'ean' ? sku.ean : sku.refId
}

function quantityOf(
  account: Account,
  skuId: number,
  counted: Set<string>,
  { safetyStock, unlimitedQuantity }: TruthSettings
): number {
  const units = unitsOf(account, skuId, counted)
  if (units === Number.POSITIVE_INFINITY) return unlimitedQuantity
  return units > safetyStock ? units - safetyStock : 0
}

/** Units in counted warehouses; kits that can be put together. */
function unitsOf(account: Account, skuId: number, counted: Set<string>): number {
  let kits = Number.POSITIVE_INFINITY
  const components = account.kits.components(skuId)
  if (components.length === 0) return unitsIn(account.balances(skuId), counted)
  for (const { skuId: part, quantity } of components) {
    const sku = account.sku(part)
    const units = sku && saleable(sku) ? unitsIn(account.balances(part), counted) : 0
    kits = Math.min(kits, Math.floor(units / quantity))
  }
  return kits
}

function unitsIn(balances: readonly Balance[], counted: Set<string>): number {
  let units = 0
  for (const { warehouseId, unlimited, total, reserved } of balances) {
    if (!counted.has(warehouseId)) continue
    if (unlimited) return Number.POSITIVE_INFINITY
    if (total > reserved) units += total - reserved
  }
  return units
}

function changedWithParts(account: Account, skuId: number): number | undefined {
  const parts = account.kits.partsOf(skuId)
  const moments = parts.map((id) => account.changedAt(id)).filter((at) => at !== undefined)
  return moments.length > 0 ? Math.max(...moments) : undefined
}
