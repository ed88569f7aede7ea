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

const literally = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/**
 * The identifier, trimmed, that a SKU would have, were a seller's offer of it called so: the template read backwards.
 * @param template the setting `offerSku`; empty means its default
 * @returns undefined where no offer of this seller can be called so
 */
export function identifierIn(
  offerSku: string,
  sellerId: string,
  template: string
): string | undefined {
  const [first = '', ...others] = templateFor(template, sellerId)
    .split('{sku}')
    .map((text) => text.split('{sellerId}').map(literally).join(literally(sellerId)))
  return new RegExp(`^${first}(.+?)${others.join('\\1')}$`, 'su').exec(offerSku)?.[1]
}

/** The account itself, among the sellers of its marketplace. */
export const OWN_SELLER = '1'

/** VTEX's seller register takes no other characters. Dots alone would be a step up in a URL's path. */
const FORM = /^(?=.*[A-Za-z0-9])[A-Za-z0-9_.-]{1,100}$/

/** What a seller's id is, to end a sentence that begins with "expected". */
export const SELLER_ID =
  'the id of a VTEX seller (letters, digits, _, - and ., 100 characters at most)'

/** Whether a text can be the id of a VTEX seller. */
export const isSellerId = (text: string): boolean => FORM.test(text)

// Control characters and broken surrogates: XML 1.0 cannot write them, or a parser folds them into blanks.
const NOT_IN_XML = /[\p{Cc}\p{Cs}\ufffe\uffff]/u

/** Intershop: SKUs and names have at most so many characters. */
export const MOST_CHARACTERS = 256

/** Characters as Intershop and people count them: one beyond the basic plane is one, not two. */
export const charactersIn = (text: string): number => [...text].length

/** Whether Intershop can take a SKU or a name as it is. */
export const isShort = (text: string): boolean => charactersIn(text) <= MOST_CHARACTERS

/** Whether XML can carry a text to the letter. */
export const fitsXml = (text: string): boolean => !NOT_IN_XML.test(text)
