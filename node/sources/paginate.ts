import { createHash } from 'crypto'
import { z } from 'zod'
import { UpstreamError } from '../common/upstreamError'

const MOST_AT_ONCE = 8
/** Fifty million SKUs of VTEX's catalog, or five million bindings of a seller. */
const MOST_PAGES = 50_000

/** A seller's SKU ids, which are read page by page. */
interface PagedIds extends Pick<PagedList, 'upstream' | 'what'> {
  sellerId: string
  /** Reads a page; the first is 1. */
  page: (page: number) => Promise<number[]>
  /** How many pages to read at once at first. */
  atFirst: number
}

/** The page that listing continues with. */
export const listCursor = z.object({
  sellerId: z.string(),
  page: z.number().int().positive(),
  /** {@link PageTrail.mark} of the pages before it. */
  mark: z.array(z.string()).optional(),
})

export type ListCursor = z.infer<typeof listCursor>

/** Called before each page; after false no further page is requested. */
export type MayBegin = () => Promise<boolean>

export interface ListedPage {
  ids: readonly number[]
  sellerId: string
  /** Absent at the end. */
  next?: ListCursor | undefined
}

/**
 * Yields all pages up to the first empty one: a short page is not the end. Reads several pages at once, each time twice
 * as many, up to 8.
 * @throws {UpstreamError} `malformed` also if pages repeat or do not end
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
      // An error is thrown in its turn.
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

/** A list that is read page by page. The names are for messages. */
interface PagedList {
  /** For example "VTEX catalog". */
  upstream: string
  /** For example "SKU ids". */
  what: string
  mostPages: number
}

/** How many pages were read, and the keys of one of them. */
interface PageTrail {
  pages: number
  mark: string[]
}

export const NO_PAGES: PageTrail = { pages: 0, mark: [] }

/**
 * Returns the trail after one more page. Detects repeated pages, however many lie between, with Brent's algorithm
 * (https://en.wikipedia.org/wiki/Cycle_detection).
 * @param keys identify the page; one of them is enough
 * @throws {UpstreamError} `malformed` if the page repeats, or there are too many
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
 * A key of a page with exactly these ids, in any order. Pages that share some ids have different keys, since lists
 * shift during reading.
 */
export const keyOfIds = (ids: ReadonlyArray<number | string>): string =>
  createHash('sha256')
    .update([...new Set(ids)].sort().join())
    .digest('base64')
    .slice(0, 22)
