/** The account itself, among the sellers of its marketplace. */
export const OWN_SELLER = '1'

const POSITIVE_INTEGER = /^[1-9][0-9]{0,15}$/
/** VTEX: seller ids are numbers, or names. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,99}$/

/** What a seller's id is, to end a sentence that begins with "expected". */
export const SELLER_ID =
  'a positive whole number or a VTEX seller name (letters, digits, _ and -, a letter first)'

/** Whether a text can be the id of a VTEX seller. */
export const isSellerId = (text: string): boolean =>
  NAME.test(text) || (POSITIVE_INTEGER.test(text) && Number.isSafeInteger(Number(text)))
