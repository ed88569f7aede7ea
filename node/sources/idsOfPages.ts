import { keyOfIds, NO_PAGES, nextPage, type PagedList } from './pageCycle'

const MOST_AT_ONCE = 8
/** Fifty million SKUs of VTEX's catalog, or five million bindings of a seller. */
const MOST_PAGES = 50_000

/** A list of ids that is read by pages. */
export interface PagedIds extends Pick<PagedList, 'upstream' | 'what'> {
  /** The ids of a page; the first is 1. */
  page: (page: number) => Promise<number[]>
  /** Pages that are asked for at first. */
  atFirst: number
}

/**
 * The ids of all pages up to the first empty one, which alone is the end: a short one is not. Pages are asked
 * for some at a time, each time twice as many up to 8.
 * @throws {UpstreamError} `malformed` where pages come again, or without end
 */
export async function* idsOfPages({ page, atFirst, ...of }: PagedIds): AsyncGenerator<number[]> {
  const list = { ...of, mostPages: MOST_PAGES }
  let trail = NO_PAGES
  for (let count = atFirst; ; count = Math.min(MOST_AT_ONCE, count * 2)) {
    const start = trail.pages + 1
    const group = await Promise.all(
      Array.from({ length: count }, (_, index) => page(start + index))
    )
    for (const ids of group) {
      if (ids.length === 0) return
      trail = nextPage(list, trail, [keyOfIds(ids)])
      yield ids
    }
  }
}
