/** The account itself, among the sellers of its marketplace. */
export const OWN_SELLER = '1'

/** VTEX's seller register takes no other characters. Dots alone would be a step up in a URL's path. */
const FORM = /^(?=.*[A-Za-z0-9])[A-Za-z0-9_.-]{1,100}$/

/** What a seller's id is, to end a sentence that begins with "expected". */
export const SELLER_ID =
  'the id of a VTEX seller (letters, digits, _, - and ., 100 characters at most)'

/** Whether a text can be the id of a VTEX seller. */
export const isSellerId = (text: string): boolean => FORM.test(text)
