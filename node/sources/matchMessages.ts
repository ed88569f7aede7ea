import { oneLine } from '../clients/centraErrors'
import { fullSku, type Match, type MatchedRow } from './cachedMatch'

const MOST_SHOWN = 60

/** The match of a row that VTEX has no SKU for. */
export function unmatched(row: MatchedRow): Match {
  const ean = oneLine(row.ean ?? '', [], MOST_SHOWN)
  const reference = oneLine(fullSku(row), [], MOST_SHOWN)
  return { unmatched: 'unmatched', message: messageOf(ean, reference) }
}

function messageOf(ean: string, reference: string): string {
  if (ean && reference) return `VTEX knows neither EAN ${ean} nor reference ${reference}`
  if (ean) return `VTEX does not know EAN ${ean}, and the row has no SKU`
  if (reference) return `VTEX does not know reference ${reference}, and the row has no EAN`
  return 'the row has neither an EAN nor a SKU'
}

/**
 * The match of an active row if another active row has the same SKU.
 * @param isUnasked Centra was not asked whether the other row still exists
 */
export const ambiguous = (
  stockItemId: number,
  other: number,
  skuId: number,
  isUnasked = false
): Match => ({
  unmatched: 'ambiguous',
  message: `stock items ${stockItemId} and ${other} both lead to SKU ${skuId}${isUnasked ? NOT_ASKED : ''}`,
})

const NOT_ASKED = '; too many such items to ask whether the second still exists'

/** The match of an inactive row if another row has the same SKU. */
export const inactive = (stockItemId: number, other: number, skuId: number): Match => ({
  unmatched: 'inactive',
  message: `stock item ${stockItemId} is inactive, and stock item ${other} is SKU ${skuId}`,
})
