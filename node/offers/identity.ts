/** What VTEX's catalog says of a SKU, as far as its name in Intershop depends on it. */
export interface SkuIdentity {
  skuId: number
  refId?: string | undefined
  ean?: string | undefined
}

export type SkuIdentifier = 'refId' | 'skuId' | 'ean'

/** Intershop: a SKU has at most 256 characters. */
const MAX_OFFER_SKU = 256
// Control characters and broken surrogates: XML 1.0 cannot write them, or a parser folds them into blanks.
const NOT_IN_XML = /[\p{Cc}\p{Cs}\ufffe\uffff]/u

/** A SKU's name in Intershop, or why it has none. */
export type Identity = { offerSku: string } | { unmapped: string }

const identifierOf = (sku: SkuIdentity, identifier: SkuIdentifier): string | undefined =>
  identifier === 'skuId' ? String(sku.skuId) : sku[identifier]?.trim()

/** The default: the account's own offer keeps the SKU's name, another seller's is told apart by its id. */
const templateFor = (template: string, sellerId: string) =>
  template || (sellerId === '1' ? '{sku}' : '{sku}_{sellerId}')

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
  const name = identifierOf(sku, identifier)
  if (!name) return { unmapped: `the SKU has no ${identifier}` }
  const offerSku = templateFor(template, sellerId).replace(/\{(sku|sellerId)\}/g, (_, field) =>
    field === 'sku' ? name : sellerId
  )
  if (offerSku.length > MAX_OFFER_SKU) {
    return {
      unmapped: `the offer SKU has ${offerSku.length} characters, ${MAX_OFFER_SKU} are allowed`,
    }
  }
  if (NOT_IN_XML.test(offerSku)) {
    return { unmapped: `the ${identifier} has characters that XML cannot carry` }
  }
  return { offerSku }
}
