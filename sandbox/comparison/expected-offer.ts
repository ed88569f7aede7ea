import type { Sku } from '../world/commerce/sku'
import type { ComparisonSettings } from './settings'

/** The account itself among the sellers. */
export const OWN_SELLER = '1'

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

/** Whether the settings have a seller's offers exported. */
export const isExported = (
  sellerId: string,
  { sellers = [] }: Pick<ComparisonSettings, 'sellers'>
) => sellers.length === 0 || sellers.includes(sellerId)

/** What a seller's offer of a SKU is called in Intershop; undefined for a SKU without the chosen identifier. */
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
