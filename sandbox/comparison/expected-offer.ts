import type { Sku } from '../world/commerce/sku'
import type { ComparisonSettings } from './settings'

/** The account itself among the sellers. */
export const OWN_SELLER = '1'

/** The source of an offer's quantity. */
export type SourceName = 'own stock' | `seller ${string}` | 'Centra'

/** The offer that Intershop must have for a seller's SKU. */
export interface ExpectedOffer {
  source: SourceName
  skuId: number
  sellerId: string
  offerSku: string
  quantity: number
  /** Last change of its stock or SKU, epoch milliseconds; absent if there was none. */
  changedAt?: number | undefined
  /** The offer may also be missing in Intershop. */
  mayBeMissing?: boolean | undefined
}

/** Returns whether the settings include a seller. */
export const isExported = (
  sellerId: string,
  { sellers = [] }: Pick<ComparisonSettings, 'sellers'>
) => sellers.length === 0 || sellers.includes(sellerId)

/** The Intershop SKU of a seller's offer; undefined for a SKU without the chosen identifier. */
export function offerSkuOf(
  sku: Sku,
  sellerId: string,
  settings: Pick<ComparisonSettings, 'skuIdentifier' | 'offerSku'>
): string | undefined {
  const identifier = identifierOf(sku, settings)
  if (!identifier) return undefined
  const { offerSku = sellerId === OWN_SELLER ? '{sku}' : '{sku}_{sellerId}' } = settings
  return offerSku.replace(/\{(sku|sellerId)\}/g, (_, name: string) =>
    name === 'sku' ? identifier : sellerId
  )
}

function identifierOf(
  sku: Sku,
  { skuIdentifier }: Pick<ComparisonSettings, 'skuIdentifier'>
): string | undefined {
  if (skuIdentifier === 'skuId') return String(sku.id)
  return skuIdentifier === 'ean' ? sku.ean : sku.refId
}
