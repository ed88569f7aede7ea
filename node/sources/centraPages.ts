import { createHash } from 'crypto'
import { equals } from 'ramda'

import type { StockParameters, StockRow, UnreadableRow } from '../clients/centra'
import { UpstreamError } from '../clients/upstreamError'
import type { MatchedRow } from './matches'
import { cross, rowIdsOf } from './pageSeam'
import type { PageCursor } from './source'
import { TellingRows } from './tellingRows'

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

/** A row as it was told, and the moment straight before it was asked for, UTC milliseconds. */
export interface Observed<Row> {
  entry: Row
  observedAt: number
}

/** What pages held, and how far they were read. */
export interface PagesRead {
  /** Of a row that changed while it was read, each state, the latest last. */
  entries: Array<Observed<Entry>>
  /** Pages that were read and had not been before. */
  pages: number
  /** Rows went from page to page so fast that some may not have been seen. */
  isTorn: boolean
  /** Unused fields of which some value is of another type than documented. */
  unexpected: Set<string>
  cursor?: PageCursor | undefined
}

/** A page that was looked at. */
interface Seen extends CentraPage {
  observedAt: number
}

/** How far a slice got: the page that was read last, and what leads to it. */
interface Place {
  at: PageCursor
  seen: Seen
}

/** A slice while it is read. */
interface Slice {
  read: PagesRead
  telling: TellingRows
  /** Whether it has enough. */
  isOver: () => boolean
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
   * @throws {UpstreamError} where no page could be read; `malformed` where pages lead round in a circle, or on and
   * on without new rows
   */
  async read(from: PageCursor | undefined, enough: (rows: number) => boolean): Promise<PagesRead> {
    const nothing = { entries: [], pages: 0, isTorn: false, unexpected: new Set<string>() }
    const read: PagesRead = { ...nothing, cursor: from ?? START }
    const isOver = () => read.pages > 0 && enough(read.entries.length)
    const telling = new TellingRows(read.entries)
    const slice: Slice = { read, telling, isOver }
    try {
      let place: Place | undefined
      while (read.cursor && !isOver()) {
        const isWithin = place?.seen.next !== undefined
        place =
          place && isWithin ? await this.goOn(place, slice) : await this.enter(read.cursor, slice)
      }
    } catch (thrown) {
      // What was read before it is delivered; the next slice meets the trouble at its first page.
      if (read.pages === 0 || !(thrown instanceof UpstreamError)) throw thrown
    }
    return read
  }

  /** Reads the first page of a query; or, in another slice, the page that was read last, once more. */
  private async enter(at: PageCursor, slice: Slice): Promise<Place> {
    const seen = await this.look(at.query, at.page, slice)
    if (at.rowIds === undefined) return this.arrive({ at: marking(at, seen), seen }, slice)
    const place = this.stand({ at, seen }, slice)
    const known = new Set(at.rowIds)
    slice.telling.leaveOut(seen, known)
    slice.telling.tell(seen)
    // Where all its rows went elsewhere, others may have gone with them.
    if (known.size > 0 && !rowIdsOf(seen).some((id) => known.has(id))) slice.read.isTorn = true
    return place
  }

  /** Reads the page after one. */
  private async goOn({ at, seen }: Place, slice: Slice): Promise<Place> {
    const after = following(at, seen)
    const metBefore = slice.telling.rows
    const look = async (page: string | undefined) => {
      const found = await this.look(at.query, page, slice)
      slice.telling.tell(found)
      return found
    }
    const pages = { near: () => look(at.page), far: look, stops: slice.isOver }
    // Where rows were missed already, that is as much as can be said.
    const most = slice.read.isTorn ? 1 : MOST_LOOKS
    const { near, far, isTorn } = await cross(seen, pages, most)
    if (isTorn) slice.read.isTorn = true
    if (!far) return this.stand({ at, seen: near }, slice)
    const idle = slice.telling.rows > metBefore ? 0 : (at.idle ?? 0) + 1
    if (idle > MOST_IDLE) throw malformed('goes on without new rows')
    const next = marking({ ...after, page: near.next, before: rowIdsOf(near), idle }, far)
    return this.arrive({ at: next, seen: far }, slice)
  }

  private async look(query: number, page: string | undefined, slice: Slice): Promise<Seen> {
    const observedAt = this.now()
    const found = await this.page(this.queries[query] ?? {}, page)
    for (const name of found.unexpected ?? []) slice.read.unexpected.add(name)
    return { ...found, observedAt }
  }

  /** A row that is asked for by its id is a failure of its own where Centra does not answer it. */
  private async page(parameters: StockParameters, page: string | undefined): Promise<CentraPage> {
    try {
      return await this.stock(parameters, page)
    } catch (thrown) {
      const { stockItemId } = parameters
      const isOfRow = thrown instanceof UpstreamError && thrown.trouble !== 'parked'
      if (stockItemId === undefined || !isOfRow) throw thrown
      const problem = `asked for the row ${stockItemId}: ${thrown.detail}`
      return { rows: [{ stockItemId, problem }] }
    }
  }

  /** Comes to a page that was not read before. */
  private arrive(place: Place, slice: Slice): Place {
    this.stand(place, slice)
    slice.read.pages++
    slice.telling.tell(place.seen)
    slice.telling.tellNameless(place.seen)
    return place
  }

  /** Notes where reading goes on: with the next query, or with this page once more, as rows may leave it meanwhile. */
  private stand(place: Place, { read }: Slice): Place {
    const { at, seen } = place
    const rowIds = rowIdsOf(seen)
    if (rowIds.length > 0 && equals(rowIds, at.before)) throw malformed('leads to the same rows')
    read.cursor = seen.next === undefined ? this.nextQuery(at) : { ...at, rowIds }
    return place
  }

  private nextQuery({ query }: PageCursor): PageCursor | undefined {
    return query + 1 < this.queries.length ? { ...START, query: query + 1 } : undefined
  }
}

/** So often the page after a page is looked at, at most, until it is clear that no row hides between the two. */
const MOST_LOOKS = 5

/** Of one query; more is no stock that anybody has. */
const MOST_PAGES = 50_000

/** So many pages may follow one another that bring no new row: those on them may have been removed. */
const MOST_IDLE = 100

const START: PageCursor = { query: 0, steps: 0 }

const isPowerOfTwo = (count: number) => (count & (count - 1)) === 0

/**
 * The cursor of a next page. A circle is noticed however long it is and however many slices it takes: some
 * page before is remembered, from longer and longer ago (Brent's algorithm), and comes again in a circle.
 */
function following(
  { query, steps, mark, marked }: PageCursor,
  { next: page }: CentraPage
): PageCursor {
  if (page === mark) throw malformed('leads back to a page that was read')
  if (steps >= MOST_PAGES) throw malformed('goes on without end')
  const count = steps + 1
  return { query, page, steps: count, mark: isPowerOfTwo(count) ? page : mark, marked }
}

/** With the rows of the page before that is remembered: they come again in a circle of pages with new names. */
function marking(at: PageCursor, seen: CentraPage): PageCursor {
  const rows = digestOf(seen)
  if (rows !== undefined && rows === at.marked) throw malformed('leads to the same rows')
  return isPowerOfTwo(at.steps) ? { ...at, marked: rows } : at
}

/** Of the ids of a page's rows, in whatever order; undefined where there are none. */
function digestOf(seen: CentraPage): string | undefined {
  const rowIds = rowIdsOf(seen).sort((a, b) => a - b)
  if (rowIds.length === 0) return undefined
  return createHash('sha256').update(rowIds.join()).digest('base64').slice(0, 22)
}

const malformed = (what: string) => new UpstreamError('Centra', 'malformed', `next: ${what}`)
