import { IANAZone } from 'luxon'
import type { StockParameters } from '../clients/centra'
import { isUnreadable, type UnreadableRow } from '../clients/centraStockPage'
import { UpstreamError } from '../common/upstreamError'
import { availableQuantity } from '../offers/quantity'
import type { Failure } from '../offers/stockOffer'
import type { Settings } from '../settings/settings'
import { identifiersOf, type LookAtRow, type Match } from './cachedMatch'
import {
  type CentraRow,
  type Entry,
  type Observed,
  type ReadPage,
  readCentraPages,
} from './centraPages'
import type { PagedSource, PageSelection, RowsReading } from './source'

/** Centra responds much faster with a limit than without. */
const ROWS_A_PAGE = 500

const SHARED: StockParameters = { exclude: 'physicalStock', limit: ROWS_A_PAGE }

export interface CentraReads {
  stock: ReadPage
  /** Matches rows to VTEX SKUs, by `stockItemId`; `row` reads other rows. */
  match(rows: readonly CentraRow[], row: LookAtRow): Promise<ReadonlyMap<number, Match>>
}

/**
 * The source of one seller whose stock Centra has.
 * @param timeZone of the Centra company, an IANA name
 * @param now UTC milliseconds
 */
export function centraStock(
  reads: CentraReads,
  { sellerId, timeZone }: { sellerId: string; timeZone: string },
  { safetyStock }: Pick<Settings, 'safetyStock'>,
  now: () => number
): PagedSource {
  const readingOf = async (entries: ReadonlyArray<Observed<Entry>>, startId = 0) => {
    const { rows, unreadable } = latestOf(entries)
    const matches = await reads.match(rows, readRow)
    const failures = unreadable.map((entry) => failureOf(entry, sellerId))
    const reading: RowsReading = { offers: [], failures, unmapped: [] }
    for (const row of rows) {
      const match = matches.get(row.stockItemId)
      if (!match) throw new TypeError(`no match was looked for: ${row.stockItemId}`)
      addRow(reading, row, match, { sellerId, startId, safetyStock })
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
    rows: async (rowIds) => {
      const entries: Array<Observed<Entry>> = []
      for (const rowId of rowIds) {
        const observedAt = now()
        const entry = await askForRow(reads.stock, rowId)
        if (entry) entries.push({ ...entry, observedAt })
      }
      const identities = entries.flatMap((row) => (isUnreadable(row) ? [] : [identifiersOf(row)]))
      return { ...(await readingOf(entries)), identities }
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

const failureOf = ({ stockItemId, problem }: UnreadableRow, sellerId: string): Failure => ({
  ...(stockItemId !== undefined && { rowId: stockItemId }),
  sellerId,
  code: 'centra_row',
  message: `Centra: ${problem}`,
})

/** @param startId leaves out rows of smaller SKU ids, and of no SKU */
function addRow(
  { offers, failures, unmapped }: RowsReading,
  { stockItemId: rowId, active, availableStock, observedAt }: Observed<CentraRow>,
  match: Match,
  { sellerId, startId, safetyStock }: { sellerId: string; startId: number; safetyStock: number }
) {
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
 * @param moment UTC milliseconds
 * @param timeZone IANA name
 * @returns `YYYY-mm-dd HH:MM:SS`
 */
export function stockModifiedSince(moment: number, timeZone: string): string {
  const zone = IANAZone.create(timeZone)
  const early = moment - OVERLAP
  const offset = Math.min(zone.offset(early), zone.offset(early + DAY))
  return new Date(early + offset * MINUTE).toISOString().slice(0, 19).replace('T', ' ')
}
