export interface SkuIdentity {
  skuId: number
  refId?: string | undefined
  ean?: string | undefined
}

export type SkuIdentifier = 'refId' | 'skuId' | 'ean'

/** The identifier as VTEX has it, and finds the SKU by; {@link offerIdentity} trims it. */
export const spellingOf = (sku: SkuIdentity, identifier: SkuIdentifier): string | undefined =>
  identifier === 'skuId' ? String(sku.skuId) : sku[identifier]

/** The default template adds the seller id to other sellers' names. */
const templateFor = (template: string, sellerId: string) =>
  template || (sellerId === OWN_SELLER ? '{sku}' : '{sku}_{sellerId}')

/**
 * Returns the offer's SKU in Intershop, or why it has none: puts the SKU's identifier into a template.
 * @param template the setting `offerSku`; empty means its default
 */
export function offerIdentity(
  sku: SkuIdentity,
  sellerId: string,
  identifier: SkuIdentifier,
  template: string
): { offerSku: string } | { unmapped: string } {
  const name = spellingOf(sku, identifier)?.trim()
  if (!name) return { unmapped: `the SKU has no ${identifier}` }
  const offerSku = templateFor(template, sellerId).replace(/\{(sku|sellerId)\}/g, (_, field) =>
    field === 'sku' ? name : sellerId
  )
  const characters = charactersIn(offerSku)
  if (characters > MOST_CHARACTERS) {
    const unmapped = `the offer SKU has ${characters} characters, ${MOST_CHARACTERS} are allowed`
    return { unmapped }
  }
  if (!fitsXml(offerSku)) {
    return { unmapped: `the ${identifier} has characters that XML cannot carry` }
  }
  return { offerSku }
}

const escapeRegExp = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/**
 * The inverse of {@link offerIdentity}: returns the trimmed identifier that an offer SKU was made of; undefined if no
 * offer of this seller can have that offer SKU.
 * @param template the setting `offerSku`; empty means its default
 */
export function identifierIn(
  offerSku: string,
  sellerId: string,
  template: string
): string | undefined {
  const [first = '', ...others] = templateFor(template, sellerId)
    .split('{sku}')
    .map((text) => text.split('{sellerId}').map(escapeRegExp).join(escapeRegExp(sellerId)))
  return new RegExp(`^${first}(.+?)${others.join('\\1')}$`, 'su').exec(offerSku)?.[1]
}

/** The seller id of the account itself in its marketplace. */
export const OWN_SELLER = '1'

/** VTEX's seller register allows no other characters. Dots alone would leave the folder of a URL. */
const FORM = /^(?=.*[A-Za-z0-9])[A-Za-z0-9_.-]{1,100}$/

/** Describes a seller id in messages that begin with "expected". */
export const SELLER_ID =
  'the id of a VTEX seller (letters, digits, _, - and ., 100 characters at most)'

export const isSellerId = (text: string): boolean => FORM.test(text)

// XML 1.0 cannot carry control characters and lone surrogates, or parsers change them to blanks.
const NOT_IN_XML = /[\p{Cc}\p{Cs}\ufffe\uffff]/u

/** Intershop's limit for SKUs and names. */
export const MOST_CHARACTERS = 256

/** Counts code points, as Intershop does. */
const charactersIn = (text: string): number => [...text].length

/** Whether a SKU or a name is short enough for Intershop. */
export const isShort = (text: string): boolean => charactersIn(text) <= MOST_CHARACTERS

export const fitsXml = (text: string): boolean => !NOT_IN_XML.test(text)

/** The seller of an offer, and its own SKU. */
export interface Supplier {
  name: string
  /** The seller's SKU id; absent if Intershop cannot take it unchanged. */
  sku?: string | undefined
}

/** Returns what Intershop gets about the seller of an offer. @param seller without a usable name its id is the name */
export function supplierOf(
  seller: { id: string; name?: string | null | undefined },
  sellerSkuId: string
): Supplier {
  // A name may be cut, since only people read it.
  const shortened = [...(seller.name ?? '').trim()].filter(fitsXml).slice(0, MOST_CHARACTERS)
  const name = shortened.join('').trim() || seller.id
  // An id may not be cut: it would be another SKU's.
  const isTrimmed = sellerSkuId.trim() === sellerSkuId && sellerSkuId !== ''
  const isUsable = isTrimmed && isShort(sellerSkuId) && fitsXml(sellerSkuId)
  return isUsable ? { name, sku: sellerSkuId } : { name }
}
