import { oneLine } from '../clients/centraErrors'
import { fullSku, type Match, type MatchedRow } from './cachedMatch'

const MOST_SHOWN = 60

/** A row that leads nowhere. */
export function unmatched(row: MatchedRow): Match {
  const ean = oneLine(row.ean ?? '', [], MOST_SHOWN)
  const reference = oneLine(fullSku(row), [], MOST_SHOWN)
  return { unmatched: 'unmatched', message: why(ean, reference) }
}

function why(ean: string, reference: string): string {
  if (ean && reference) return `VTEX knows neither EAN ${ean} nor reference ${reference}`
  if (ean) return `VTEX does not know EAN ${ean}, and the row has no SKU`
  if (reference) return `VTEX does not know reference ${reference}, and the row has no EAN`
  return 'the row has neither an EAN nor a SKU'
}

/**
 * An active row that leads where another one does.
 * @param isUnasked whether the other one was not asked for, since too many were already
 */
export const ambiguous = (
  stockItemId: number,
  rival: number,
  skuId: number,
  isUnasked = false
): Match => ({
  unmatched: 'ambiguous',
  message: `stock items ${stockItemId} and ${rival} both lead to SKU ${skuId}${isUnasked ? NOT_ASKED : ''}`,
})

const NOT_ASKED = '; too many such items to ask whether the second still exists'

/** A row that is inactive, and leads where another one does. */
export const inactive = (stockItemId: number, rival: number, skuId: number): Match => ({
  unmatched: 'inactive',
  message: `stock item ${stockItemId} is inactive, and stock item ${rival} is SKU ${skuId}`,
})
