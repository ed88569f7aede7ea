import { IANAZone } from 'luxon'
import type { StockParameters } from '../clients/centraParameters'
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

/** Centra: with a limit pages come a lot faster than everything at once. */
const ROWS_A_PAGE = 500

const SHARED: StockParameters = { exclude: 'physicalStock', limit: ROWS_A_PAGE }

/** Stock of one Centra, each call behind its gate. */
export interface CentraReads {
  stock: ReadPage
  /**
   * The VTEX SKUs of rows, by `stockItemId`.
   * @param row looks at other rows
   * @throws {UpstreamError} {@link StateError}
   */
  match(rows: readonly CentraRow[], row: LookAtRow): Promise<ReadonlyMap<number, Match>>
}

/** Whose offers come from Centra, and the time zone of its company. */
export interface CentraOffers {
  sellerId: string
  timeZone: string
}

/**
 * The stock of one seller that Centra keeps: what its warehouses have, by the SKUs that VTEX knows.
 * @param now UTC milliseconds
 */
export function centraStock(
  reads: CentraReads,
  { sellerId, timeZone }: CentraOffers,
  { safetyStock }: Pick<Settings, 'safetyStock'>,
  now: () => number
): PagedSource {
  const tell = async (entries: ReadonlyArray<Observed<Entry>>, startId = 0) => {
    const { rows, unreadable } = latestOf(entries)
    const asked = rows.map(({ entry }) => entry)
    const matches = await reads.match(asked, lookAtRow(reads))
    const failures = unreadable.map((entry) => failureOf(entry, sellerId))
    const told: RowsReading = { offers: [], failures, unmapped: [] }
    for (const row of rows) {
      const match = matches.get(row.entry.stockItemId)
      if (!match) throw new TypeError(`no match was looked for: ${row.entry.stockItemId}`)
      tellRow(told, row, match, { sellerId, startId, safetyStock })
    }
    return { ...told, rows: rows.length + unreadable.length }
  }
  return {
    read: async (selection, cursor, enough) => {
      const queries = queriesOf(selection, timeZone)
      const read = await readCentraPages(queries, reads.stock, now, cursor, enough)
      const { entries, unexpected, ...progress } = read
      const found = await tell(entries, selection.startId)
      return { ...progress, ...found, unexpectedFields: [...unexpected] }
    },
    rows: async (rowIds) => {
      const entries: Array<Observed<Entry>> = []
      for (const rowId of rowIds) {
        const observedAt = now()
        const entry = await askForRow(reads, rowId)
        if (entry) entries.push({ entry, observedAt })
      }
      const read = entries.flatMap(({ entry }) => (isUnreadable(entry) ? [] : [entry]))
      return { ...(await tell(entries)), identities: read.map(identifiersOf) }
    },
  }
}

/** Of a row that is there and cannot be understood, nobody can say where it leads. */
const lookAtRow =
  (reads: CentraReads): LookAtRow =>
  async (rowId) => {
    const row = await askForRow(reads, rowId)
    if (row && isUnreadable(row)) throw new UpstreamError('Centra', 'malformed', row.problem)
    return row
  }

/** A row by its id: only an answer without any rows says that it is not there. */
async function askForRow({ stock }: CentraReads, rowId: number): Promise<Entry | undefined> {
  const { rows, next } = await stock({ ...SHARED, stockItemId: rowId })
  const own = rows.find(({ stockItemId }) => stockItemId === rowId)
  if (own || (rows.length === 0 && next === undefined)) return own
  const problem = rows.find(isUnreadable)?.problem ?? 'others were answered'
  return { stockItemId: rowId, problem: `asked for the row ${rowId}: ${problem}` }
}

/**
 * What changed, or all there is; then the rows that could not be read before, each on its own. A row that was
 * switched off, or has another EAN, has no stock change: so products modified are asked for, too.
 */
function queriesOf({ since, again }: PageSelection, timeZone: string): StockParameters[] {
  const rows = again.map(({ rowId }) => ({ ...SHARED, stockItemId: rowId }))
  if (since === undefined) return [SHARED, ...rows]
  const from = stockModifiedSince(since, timeZone)
  return [{ ...SHARED, stock_modified: from }, { ...SHARED, modified: from }, ...rows]
}

/** Rows move from page to page while they are read: of one that came twice, what was understood last. */
function latestOf(entries: ReadonlyArray<Observed<Entry>>) {
  const rows = new Map<number, Observed<CentraRow>>()
  // Those without an id are each their own.
  const unreadable = new Map<unknown, UnreadableRow>()
  for (const { entry, observedAt } of entries) {
    if (isUnreadable(entry)) unreadable.set(entry.stockItemId ?? entry, entry)
    else rows.set(entry.stockItemId, { entry, observedAt })
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

/** @param startId rows of other SKUs, or of none, are not asked for */
function tellRow(
  { offers, failures, unmapped }: RowsReading,
  { entry: { stockItemId: rowId, active, availableStock }, observedAt }: Observed<CentraRow>,
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
/** By so much Centra's clock may be wrong. */
const OVERLAP = 10 * MINUTE
const DAY = 1_440 * MINUTE

/**
 * The `stock_modified` that selects whatever changed from `moment` on, and a little more. Centra: the
 * company's wall clock time, with no offset. It documents neither whether "after" includes the moment itself
 * nor what it makes of a time that comes twice. So the time is told as by the smallest offset in force from
 * then to a day later, which only a summer time that ends makes another than the one then:
 * - no clock on the wall shows an earlier time from the moment on, and a server may compare the two as texts;
 * - by any offset in force the told time is that moment or earlier, and a server may convert it to UTC.
 *
 * A time that the spring leaves out, which a server might refuse, is never told: it takes the offset before
 * for a moment after.
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
