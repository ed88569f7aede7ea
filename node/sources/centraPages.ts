import { equals } from 'ramda'

import type { StockParameters, StockRow, UnreadableRow } from '../clients/centra'
import { UpstreamError } from '../clients/upstreamError'
import type { MatchedRow } from './matches'
import type { PageCursor } from './source'

/** What is needed of a row of Centra's stock. */
export type CentraRow = MatchedRow & Pick<StockRow, 'active' | 'availableStock'>

/** A row, or why it cannot be understood. */
export type Entry = CentraRow | UnreadableRow

/** A page of rows, and where the next one is. */
export interface CentraPage {
  rows: Entry[]
  next?: string | undefined
}

/** What pages held, and how far they were read. */
export interface PagesRead {
  entries: Array<{ entry: Entry; observedAt: number }>
  /** Pages that were read and had not been before. */
  pages: number
  cursor?: PageCursor | undefined
}

/** Goes through the pages of a few queries, a slice at a time. */
export class CentraPages {
  /**
   * @param queries one after another
   * @param stock reads a page
   * @param now UTC milliseconds
   */
  constructor(
    private readonly queries: readonly StockParameters[],
    private readonly stock: (parameters: StockParameters, page?: string) => Promise<CentraPage>,
    private readonly now: () => number
  ) {}

  /**
   * Reads on from a cursor until `enough`, at least one page that was not read before; or, where a page cannot
   * be read, up to it.
   * @throws {UpstreamError} where no page could be read; `malformed` where pages lead round in a circle
   */
  async read(from: PageCursor | undefined, enough: (rows: number) => boolean): Promise<PagesRead> {
    const read: PagesRead = { entries: [], pages: 0 }
    let at: PageCursor | undefined = from ?? START
    while (at && !(read.pages > 0 && enough(read.entries.length))) {
      try {
        at = await this.readPage(at, read)
      } catch (thrown) {
        // What was read before it is delivered; the next slice meets the trouble at its first page.
        if (read.pages === 0 || !(thrown instanceof UpstreamError)) throw thrown
        return read
      }
    }
    return read
  }

  /** @returns what comes after it */
  private async readPage(at: PageCursor, read: PagesRead): Promise<PageCursor | undefined> {
    const observedAt = this.now()
    const { rows, next } = await this.stock(this.queries[at.query] ?? {}, at.page)
    const rowIds = rows.map(({ stockItemId }) => stockItemId).filter((id) => id !== undefined)
    if (rowIds.length > 0 && equals(rowIds, at.before)) throw malformed('leads to the same rows')
    const after = next === undefined ? this.nextQuery(at) : following(at, next, rowIds)
    const known = new Set(at.rowIds)
    const isNew = ({ stockItemId }: Entry) => stockItemId === undefined || !known.has(stockItemId)
    read.entries.push(...rows.filter(isNew).map((entry) => ({ entry, observedAt })))
    if (at.rowIds === undefined) read.pages++
    // Rows may move over the end of this page before the next one is read: then it is read once more.
    read.cursor = next === undefined ? after : { ...at, rowIds }
    return after
  }

  private nextQuery({ query }: PageCursor): PageCursor | undefined {
    return query + 1 < this.queries.length ? { ...START, query: query + 1 } : undefined
  }
}

/** Of one query; more is no stock that anybody has. */
const MOST_PAGES = 50_000

const START: PageCursor = { query: 0, steps: 0 }

const isPowerOfTwo = (count: number) => (count & (count - 1)) === 0

/**
 * The cursor of a next page. A circle is noticed however long it is and however many slices it takes: some
 * page before is remembered, from longer and longer ago (Brent's algorithm), and comes again in a circle.
 */
function following({ query, steps, mark }: PageCursor, page: string, before: number[]): PageCursor {
  if (page === mark) throw malformed('leads back to a page that was read')
  if (steps >= MOST_PAGES) throw malformed('goes on without end')
  const count = steps + 1
  return { query, page, steps: count, mark: isPowerOfTwo(count) ? page : mark, before }
}

const malformed = (what: string) => new UpstreamError('Centra', 'malformed', `next: ${what}`)
