import { IANAZone } from 'luxon'
import { union } from 'ramda'
import type { StockParameters } from '../clients/centra'
import {
  isUnreadable,
  type StockPage,
  type StockRow,
  type UnreadableRow,
} from '../clients/centraStockPage'
import { UpstreamError } from '../common/upstreamError'
import { availableQuantity } from '../offers/quantity'
import type { Failure } from '../offers/stockOffer'
import type { Settings } from '../settings/settings'
import type { Match } from './conflictingRows'
import { identifiersOf, type LookAtRow, type MatchedRow } from './identifierLoaders'
import { keyOfIds, NO_PAGES, nextPage } from './paginate'
import type { PageCursor, PagedSource, PageSelection, PagesReading, RowsReading } from './source'

export type CentraRow = MatchedRow & Pick<StockRow, 'availableStock'>

type Entry = CentraRow | UnreadableRow

export interface CentraPage extends Pick<StockPage, 'next' | 'unexpected'> {
  rows: Entry[]
}

/** A row, and the time directly before it was requested, UTC milliseconds. */
type Observed<Row> = Row & { observedAt: number }

export interface PagesRead extends Pick<PagesReading, 'pages' | 'unexpectedFields' | 'cursor'> {
  /** In the order of reading. A row that moved to a later page comes twice. */
  entries: Array<Observed<Entry>>
}

/** Reads a page; without a name the first. */
export type ReadPage = (parameters: StockParameters, page?: string) => Promise<CentraPage>

/** Centra responds much faster with a limit than without. */
const ROWS_A_PAGE = 500

const SHARED: StockParameters = { exclude: 'physicalStock', limit: ROWS_A_PAGE }

export interface CentraReads {
  stock: ReadPage
  /** Matches rows to VTEX SKUs, by `stockItemId`; `row` reads other rows. */
  match(rows: readonly CentraRow[], row: LookAtRow): Promise<ReadonlyMap<number, Match>>
}

/** The source of one seller whose stock Centra has. @param timeZone of the Centra company, an IANA name */
export function centraStock(
  reads: CentraReads,
  { sellerId, timeZone }: { sellerId: string; timeZone: string },
  { safetyStock }: Pick<Settings, 'safetyStock'>,
  now: () => number
): PagedSource {
  /** @param startId leaves out rows of smaller SKU ids, and of no SKU */
  const addRow = (
    { offers, failures, unmapped }: RowsReading,
    { stockItemId: rowId, active, availableStock, observedAt }: Observed<CentraRow>,
    match: Match,
    startId: number
  ) => {
    if ('failed' in match) failures.push({ rowId, sellerId, ...match.failed })
    else if ('unmatched' in match) {
      const { unmatched: code, message } = match
      if (startId === 0) unmapped.push({ rowId, sellerId, code, message })
    } else if (match.skuId >= startId) {
      const { isActive, ...sku } = match
      const quantity = active && isActive ? availableQuantity(availableStock, { safetyStock }) : 0
      offers.push({ ...sku, rowId, sellerId, quantity, observedAt })
    }
  }
  const readingOf = async (entries: ReadonlyArray<Observed<Entry>>, startId = 0) => {
    const { rows, unreadable } = latestOf(entries)
    const matches = await reads.match(rows, readRow)
    const failures = unreadable.map(({ stockItemId: rowId, problem }): Failure => {
      return { rowId, sellerId, code: 'centra_row', message: `Centra: ${problem}` }
    })
    const reading: RowsReading = { offers: [], failures, unmapped: [] }
    for (const row of rows) {
      const match = matches.get(row.stockItemId)
      if (!match) throw new TypeError(`no match was looked for: ${row.stockItemId}`)
      addRow(reading, row, match, startId)
    }
    return { ...reading, rows: rows.length + unreadable.length }
  }
  /** A row that cannot be understood may lead to any SKU. */
  const readRow: LookAtRow = async (rowId) => {
    const row = await askForRow(reads.stock, rowId)
    if (row && isUnreadable(row)) throw new UpstreamError('Centra', 'malformed', row.problem)
    return row
  }
  return {
    read: async (selection, cursor, enough) => {
      const queries = queriesOf(selection, timeZone)
      const read = await readCentraPages(queries, reads.stock, now, cursor, enough)
      const { entries, ...progress } = read
      return { ...progress, ...(await readingOf(entries, selection.startId)) }
    },
    row: async (rowId) => {
      const observedAt = now()
      const entry = await askForRow(reads.stock, rowId)
      const reading = await readingOf(entry ? [{ ...entry, observedAt }] : [])
      const isRead = entry !== undefined && !isUnreadable(entry)
      return { ...reading, identity: isRead ? identifiersOf(entry) : undefined }
    },
  }
}

/** Reads a row by its id; undefined only if Centra returns no rows at all. */
async function askForRow(stock: ReadPage, rowId: number): Promise<Entry | undefined> {
  const { rows, next } = await stock({ ...SHARED, stockItemId: rowId })
  const own = rows.find(({ stockItemId }) => stockItemId === rowId)
  if (own || (rows.length === 0 && next === undefined)) return own
  const problem = rows.find(isUnreadable)?.problem ?? 'others were answered'
  return { stockItemId: rowId, problem: `asked for the row ${rowId}: ${problem}` }
}

/**
 * Queries for all rows, or for those that changed, and for each row to retry. Switching a row off or changing its EAN
 * changes no stock, so `modified` is queried too.
 */
function queriesOf({ since, again }: PageSelection, timeZone: string): StockParameters[] {
  const rows = again.map(({ rowId }) => ({ ...SHARED, stockItemId: rowId }))
  if (since === undefined) return [SHARED, ...rows]
  const from = stockModifiedSince(since, timeZone)
  return [{ ...SHARED, stock_modified: from }, { ...SHARED, modified: from }, ...rows]
}

/** Rows move between pages: of a row that came twice, takes the last readable one. */
function latestOf(entries: ReadonlyArray<Observed<Entry>>) {
  const rows = new Map<number, Observed<CentraRow>>()
  // Entries without an id are all kept.
  const unreadable = new Map<unknown, UnreadableRow>()
  for (const entry of entries) {
    if (isUnreadable(entry)) unreadable.set(entry.stockItemId ?? entry, entry)
    else rows.set(entry.stockItemId, entry)
  }
  for (const rowId of rows.keys()) unreadable.delete(rowId)
  return { rows: [...rows.values()], unreadable: [...unreadable.values()] }
}

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

const MINUTE = 60_000
/** Centra's clock may differ from ours by this. */
const OVERLAP = 10 * MINUTE
const DAY = 1_440 * MINUTE

/**
 * Returns a `stock_modified` that selects every change from `moment` on, and a few from before it. Centra takes the
 * company's local time without an offset. It does not document whether "after" is inclusive, nor how it reads a local
 * time that occurs twice. So this uses the smallest UTC offset of the day from `moment` on, which differs from the
 * current one only before summer time ends:
 * - from `moment` on, no local time is smaller, if Centra compares texts
 * - with either offset, the result is `moment` or earlier, if Centra converts it to UTC
 *
 * The result is never a local time that summer time skips, which Centra might refuse.
 * @param timeZone IANA name
 * @returns `YYYY-mm-dd HH:MM:SS`
 */
export function stockModifiedSince(moment: number, timeZone: string): string {
  const zone = IANAZone.create(timeZone)
  const early = moment - OVERLAP
  const offset = Math.min(zone.offset(early), zone.offset(early + DAY))
  return new Date(early + offset * MINUTE).toISOString().slice(0, 19).replace('T', ' ')
}
