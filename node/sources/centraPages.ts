import type { StockParameters } from '../clients/centraParameters'
import type { StockRow, UnreadableRow } from '../clients/centraStockPage'
import { UpstreamError } from '../common/upstreamError'
import type { MatchedRow } from './cachedMatch'
import { keyOfIds, NO_PAGES, nextPage } from './paginate'
import type { PageCursor } from './source'

/** What is needed of a row of Centra's stock. */
export type CentraRow = MatchedRow & Pick<StockRow, 'availableStock'>

/** A row, or why it cannot be understood. */
export type Entry = CentraRow | UnreadableRow

/** A page of rows, and where the next one is. */
export interface CentraPage {
  rows: Entry[]
  next?: string | undefined
  /** Unused fields of which some value is of another type than documented. */
  unexpected?: string[] | undefined
}

/** A row as it was read, and the moment straight before it was asked for, UTC milliseconds. */
export interface Observed<Row> {
  entry: Row
  observedAt: number
}

/** What pages held, and how far they were read. */
export interface PagesRead {
  /** In the order in which they were read. A row that went to a later page meanwhile comes again. */
  entries: Array<Observed<Entry>>
  pages: number
  /** Unused fields of which some value is of another type than documented. */
  unexpected: Set<string>
  cursor?: PageCursor | undefined
}

/** Reads a page; the first where none is named. */
export type ReadPage = (parameters: StockParameters, page?: string) => Promise<CentraPage>

const START: PageCursor = { query: 0, empty: 0, ...NO_PAGES }

/** Of one query; more is no stock that anybody has. */
const STOCK = { upstream: 'Centra', what: 'rows', mostPages: 50_000 }

/** So many pages may follow one another without a row that has an id: those on them may have been removed. */
const MOST_EMPTY = 100

/**
 * Reads the pages of queries, one query after another, on from a cursor until `enough`, at least one page; or, where
 * a page cannot be read, up to it.
 *
 * Rows go to other pages while they are read, and one that goes to a page that was read already is missed. No page is
 * read twice for that: a row that changed is selected by later readings too, and an export of everything asks for each
 * row that it knows of and met on no page.
 * @param enough asked with the number of rows so far
 * @param now UTC milliseconds
 * @throws {UpstreamError} where no page could be read; `malformed` where pages lead round in a circle, or on and on
 */
export async function readCentraPages(
  queries: readonly StockParameters[],
  stock: ReadPage,
  now: () => number,
  from: PageCursor | undefined,
  enough: (rows: number) => boolean
): Promise<PagesRead> {
  const read: PagesRead = { entries: [], pages: 0, unexpected: new Set(), cursor: from ?? START }
  try {
    while (read.cursor && !(read.pages > 0 && enough(read.entries.length))) {
      const at = read.cursor
      const observedAt = now()
      const page = await pageOf(stock, queries[at.query] ?? {}, at.page)
      read.cursor = cursorAfter(at, page) ?? nextQuery(at, queries.length)
      read.pages++
      for (const entry of page.rows) read.entries.push({ entry, observedAt })
      for (const name of page.unexpected ?? []) read.unexpected.add(name)
    }
  } catch (thrown) {
    // What was read before it is published; the next reading meets the trouble at its first page.
    if (read.pages === 0 || !(thrown instanceof UpstreamError)) throw thrown
  }
  return read
}

/** A row that is asked for by its id is a failure of its own where Centra does not answer it. */
async function pageOf(stock: ReadPage, parameters: StockParameters, page: string | undefined) {
  try {
    return await stock(parameters, page)
  } catch (thrown) {
    const { stockItemId } = parameters
    const isOfRow = thrown instanceof UpstreamError && thrown.kind !== 'circuitOpen'
    if (stockItemId === undefined || !isOfRow) throw thrown
    const problem = `asked for the row ${stockItemId}: ${thrown.detail}`
    return { rows: [{ stockItemId, problem }] }
  }
}

/** The cursor of the page after one, if any. A circle may be of pages, or of new names for the same rows. */
function cursorAfter(at: PageCursor, { rows, next }: CentraPage): PageCursor | undefined {
  const ids = rows.flatMap(({ stockItemId }) => stockItemId ?? [])
  const empty = ids.length > 0 ? 0 : at.empty + 1
  if (empty > MOST_EMPTY) {
    throw new UpstreamError('Centra', 'malformed', `more than ${MOST_EMPTY} pages without rows`)
  }
  const keys = [...(at.page === undefined ? [] : [at.page]), ...(empty > 0 ? [] : [keyOfIds(ids)])]
  const trail = nextPage(STOCK, at, keys)
  return next === undefined ? undefined : { query: at.query, page: next, empty, ...trail }
}

const nextQuery = ({ query }: PageCursor, queries: number): PageCursor | undefined =>
  query + 1 < queries ? { ...START, query: query + 1 } : undefined
