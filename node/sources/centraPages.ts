import { union } from 'ramda'
import type { StockParameters } from '../clients/centra'
import type { StockPage, StockRow, UnreadableRow } from '../clients/centraStockPage'
import { UpstreamError } from '../common/upstreamError'
import type { MatchedRow } from './cachedMatch'
import { keyOfIds, NO_PAGES, nextPage } from './paginate'
import type { PageCursor, PagesReading } from './source'

export type CentraRow = MatchedRow & Pick<StockRow, 'availableStock'>

export type Entry = CentraRow | UnreadableRow

export interface CentraPage extends Pick<StockPage, 'next' | 'unexpected'> {
  rows: Entry[]
}

/** A row, and the time directly before it was requested, UTC milliseconds. */
export type Observed<Row> = Row & { observedAt: number }

export interface PagesRead extends Pick<PagesReading, 'pages' | 'unexpectedFields' | 'cursor'> {
  /** In the order of reading. A row that moved to a later page comes twice. */
  entries: Array<Observed<Entry>>
}

/** Reads a page; without a name the first. */
export type ReadPage = (parameters: StockParameters, page?: string) => Promise<CentraPage>

const START: PageCursor = { query: 0, empty: 0, ...NO_PAGES }

/** The limit for one query: nobody has more stock. */
const STOCK = { upstream: 'Centra', what: 'rows', mostPages: 50_000 }

/** Pages without row ids, since their rows were removed: at most this many in a row. */
const MOST_EMPTY = 100

/**
 * Reads the pages of queries, one query after another, from a cursor until `enough`, at least one page. If a later page
 * fails, returns the pages before it.
 *
 * Rows may move to a page that was read already, and are missed. Pages are not read twice for that: later readings
 * select changed rows too, and a full export requests each row that it knows and met on no page.
 * @param enough called with the number of rows so far
 * @param now UTC milliseconds
 * @throws {UpstreamError} if no page could be read; `malformed` if pages repeat or do not end
 */
export async function readCentraPages(
  queries: readonly StockParameters[],
  stock: ReadPage,
  now: () => number,
  from: PageCursor | undefined,
  enough: (rows: number) => boolean
): Promise<PagesRead> {
  const read: PagesRead = { entries: [], pages: 0, unexpectedFields: [], cursor: from ?? START }
  try {
    while (read.cursor && !(read.pages > 0 && enough(read.entries.length))) {
      const at = read.cursor
      const observedAt = now()
      const page = await pageOf(stock, queries[at.query] ?? {}, at.page)
      read.cursor = cursorAfter(at, page) ?? nextQuery(at, queries.length)
      read.pages++
      for (const entry of page.rows) read.entries.push({ ...entry, observedAt })
      read.unexpectedFields = union(read.unexpectedFields, page.unexpected ?? [])
    }
  } catch (thrown) {
    // The pages before are published; the next reading fails at its first page.
    if (read.pages === 0 || !(thrown instanceof UpstreamError)) throw thrown
  }
  return read
}

/** If the query is for a single row, an error is the failure of that row. */
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

/** The cursor of the next page, if any. Pages may repeat under the same names, or under new ones. */
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
