import type { StockPage } from './answer'
import { malformed } from './refusal'

/** So many pages without a row, one after the other, and there are no more rows. */
const MOST_EMPTY_PAGES = 1_000

/**
 * Pages one after another, as each says which is next.
 * @param read reads a page; none: the first
 * @param page to begin with
 * @throws {UpstreamError} what `read` throws; `malformed` when `next` leads back to a page that was read, to the
 *   same rows or to no rows for ever. What was read before was yielded.
 */
export async function* stockPages(
  read: (page?: string) => Promise<StockPage>,
  page?: string
): AsyncGenerator<{
  page?: string | undefined
  rows: StockPage['rows']
  next?: string | undefined
}> {
  const seen = new Set<string>()
  let before: StockPage['rows'] = []
  let empty = 0
  for (let at = page; ; ) {
    const { rows, next } = await read(at)
    empty = rows.length === 0 ? empty + 1 : 0
    if (empty > MOST_EMPTY_PAGES) throw malformed('next: goes on where there are no more rows')
    if (areSame(before, rows)) throw malformed('next: leads to the same rows')
    yield { page: at, rows, next }
    if (next === undefined) return
    seen.add(keyOf(at))
    if (seen.has(keyOf(next)) || !isFurther(at, next)) {
      throw malformed('next: leads back to a page that was read')
    }
    before = rows
    at = next
  }
}

/** The query of a page, its parameters in one order. */
const keyOf = (page = '') =>
  [...new URLSearchParams(page)]
    .map((parameter) => parameter.join('='))
    .sort()
    .join('&')

/** Where both are numbered, the number must grow: a circle may be longer than what is read in one go. */
function isFurther(page: string | undefined, next: string): boolean {
  const numberOf = (each: string | undefined) =>
    Number(new URLSearchParams(each).get('page') ?? NaN)
  return !(numberOf(next) <= numberOf(page))
}

/** A server that does not know `page` would send the first page for ever. */
function areSame(before: StockPage['rows'], rows: StockPage['rows']): boolean {
  const isSame = (row: StockPage['rows'][number], index: number) =>
    row.stockItemId !== undefined && row.stockItemId === before[index]?.stockItemId
  return rows.length > 0 && rows.length === before.length && rows.every(isSame)
}
