import { PageCycle } from './pageCycle'

const MOST_AT_ONCE = 8
/** Fifty million SKUs of VTEX's catalog, or five million bindings of a seller. */
const MOST_PAGES = 50_000

/** A list of ids that is read by pages. */
export interface PagedIds {
  /** Whose it is, in words: "VTEX catalog". */
  upstream: string
  /** What the pages hold: "SKU ids". */
  what: string
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
export async function* idsOfPages({
  upstream,
  what,
  page,
  atFirst,
}: PagedIds): AsyncGenerator<number[]> {
  const cycle = new PageCycle<number>(upstream, what, MOST_PAGES)
  let first = 1
  for (let count = atFirst; ; count = Math.min(MOST_AT_ONCE, count * 2)) {
    const start = first
    const group = await Promise.all(
      Array.from({ length: count }, (_, index) => page(start + index))
    )
    for (const ids of group) {
      if (ids.length === 0) return
      cycle.next(ids)
      yield ids
    }
    first += count
  }
}
