import { OWN_SELLER } from './sellerId'
import { charactersIn, fitsXml, MOST_CHARACTERS } from './xmlText'

/** What VTEX's catalog says of a SKU, as far as its name in Intershop depends on it. */
export interface SkuIdentity {
  skuId: number
  refId?: string | undefined
  ean?: string | undefined
}

export type SkuIdentifier = 'refId' | 'skuId' | 'ean'

/** A SKU's name in Intershop, or why it has none. */
export type Identity = { offerSku: string } | { unmapped: string }

/** The identifier as VTEX has it and can be asked for it; in a name it is trimmed. */
export const spellingOf = (sku: SkuIdentity, identifier: SkuIdentifier): string | undefined =>
  identifier === 'skuId' ? String(sku.skuId) : sku[identifier]

/** The default: the account's own offer keeps the SKU's name, another seller's is told apart by its id. */
export const templateFor = (template: string, sellerId: string) =>
  template || (sellerId === OWN_SELLER ? '{sku}' : '{sku}_{sellerId}')

/**
 * The offer SKU of a seller's offer: the SKU's identifier put into the `offerSku` template.
 * @param template the setting `offerSku`; empty means its default
 */
export function offerIdentity(
  sku: SkuIdentity,
  sellerId: string,
  identifier: SkuIdentifier,
  template: string
): Identity {
  const name = spellingOf(sku, identifier)?.trim()
  if (!name) return { unmapped: `the SKU has no ${identifier}` }
  const offerSku = templateFor(template, sellerId).replace(/\{(sku|sellerId)\}/g, (_, field) =>
    field === 'sku' ? name : sellerId
  )
  const characters = charactersIn(offerSku)
  if (characters > MOST_CHARACTERS) {
    return {
      unmapped: `the offer SKU has ${characters} characters, ${MOST_CHARACTERS} are allowed`,
    }
  }
  if (!fitsXml(offerSku)) {
    return { unmapped: `the ${identifier} has characters that XML cannot carry` }
  }
  return { offerSku }
}
