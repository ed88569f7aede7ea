import { createHash } from 'crypto'
import { z } from 'zod'
import { UpstreamError } from '../common/upstreamError'

const MOST_AT_ONCE = 8
/** Fifty million SKUs of VTEX's catalog, or five million bindings of a seller. */
const MOST_PAGES = 50_000

/** A list of a seller's SKU ids that is read by pages. */
export interface PagedIds extends Pick<PagedList, 'upstream' | 'what'> {
  sellerId: string
  /** The ids of a page; the first is 1. */
  page: (page: number) => Promise<number[]>
  /** Pages that are asked for at first. */
  atFirst: number
}

/** The page that listing goes on with. */
export const listCursor = z.object({
  sellerId: z.string(),
  page: z.number().int().positive(),
  /** Of the pages before, to notice a circle by. */
  mark: z.array(z.string()).optional(),
})

export type ListCursor = z.infer<typeof listCursor>

/** Asked before each page; where it says no, the pages that were begun are the last. */
export type MayBegin = () => Promise<boolean>

/** A page of SKU ids. */
export interface ListedPage {
  ids: readonly number[]
  sellerId: string
  /** What comes next; absent at the end. */
  next?: ListCursor | undefined
}

/**
 * The ids of all pages up to the first empty one, which alone is the end: a short one is not. Pages are asked
 * for some at a time, each time twice as many up to 8.
 * @throws {UpstreamError} `malformed` where pages come again, or without end
 */
export async function* paginate(
  { upstream, sellerId, what, page, atFirst }: PagedIds,
  mayBegin: MayBegin = async () => true,
  from: ListCursor = { sellerId, page: 1 }
): AsyncGenerator<ListedPage> {
  const list = { upstream, what, mostPages: MOST_PAGES }
  let trail = { pages: from.page - 1, mark: from.mark ?? [] }
  for (let count = atFirst; ; count = Math.min(MOST_AT_ONCE, count * 2)) {
    const begun: Array<Promise<number[]>> = []
    while (begun.length < count && (await mayBegin())) {
      const reading = page(trail.pages + 1 + begun.length)
      // A failure is thrown in its turn.
      reading.catch(() => undefined)
      begun.push(reading)
    }
    for (const reading of begun) {
      const ids = await reading
      if (ids.length === 0) return yield { ids, sellerId }
      trail = nextPage(list, trail, [keyOfIds(ids)])
      yield { ids, sellerId, next: { sellerId, page: trail.pages + 1, mark: trail.mark } }
    }
    if (begun.length < count) return
  }
}

/** A list that is read by pages. */
export interface PagedList {
  /** Whose it is, in words: "VTEX catalog". */
  upstream: string
  /** What the pages hold: "SKU ids". */
  what: string
  /** Pages that there may be. */
  mostPages: number
}

/** How many pages were read, and what one of them is known by. */
export interface PageTrail {
  pages: number
  mark: string[]
}

export const NO_PAGES: PageTrail = { pages: 0, mark: [] }

/**
 * Takes the next page. Notices that pages come again, however many there are in between: one of them is remembered,
 * from longer and longer ago (Brent's cycle detection: https://en.wikipedia.org/wiki/Cycle_detection).
 * @param keys what the page is known by, each enough to tell it from others
 * @throws {UpstreamError} `malformed` where it comes again, or where there are too many
 */
export function nextPage(list: PagedList, { pages, mark }: PageTrail, keys: string[]): PageTrail {
  const { upstream, what, mostPages } = list
  const page = pages + 1
  if (keys.some((key) => mark.includes(key))) {
    const marked = 2 ** Math.floor(Math.log2(pages))
    const detail = `page ${page} holds the same ${what} as page ${marked}: expected others, or none past the last`
    throw new UpstreamError(upstream, 'malformed', detail)
  }
  if (page > mostPages) {
    throw new UpstreamError(upstream, 'malformed', `more than ${mostPages} pages of ${what}`)
  }
  return { pages: page, mark: Number.isInteger(Math.log2(page)) ? keys : mark }
}

/**
 * A key of a page that holds these and no others, in whatever order. A page that shares some with another is not that
 * page again, since lists shift while they are read.
 */
export const keyOfIds = (ids: ReadonlyArray<number | string>): string =>
  createHash('sha256')
    .update([...new Set(ids)].sort().join())
    .digest('base64')
    .slice(0, 22)
