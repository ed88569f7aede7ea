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
