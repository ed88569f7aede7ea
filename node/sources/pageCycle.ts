import { createHash } from 'crypto'

import { UpstreamError } from '../clients/upstreamError'

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
