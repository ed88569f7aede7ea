import type { Settings } from '../settings/settings'
import type { PageCursor, PagedSource, PageSelection } from '../sources/source'
import { END } from './names'
import { type Part, partOf } from './part'

interface PageSlice {
  selection: PageSelection
  /** The number of the page that comes next, and where it is. */
  from: number
  cursor: PageCursor | undefined
  mostRows: number
  /** UTC milliseconds. */
  deadline: number
}

/**
 * Reads pages until rows or time are at an end.
 * @returns what they held, and the number of the page that comes next
 * @throws {UpstreamError} where nothing could be read
 * @throws {StateError}
 */
export async function readPages(
  source: PagedSource,
  settings: Settings,
  { selection, from, cursor, mostRows, deadline }: PageSlice,
  now: () => number
): Promise<{ part: Part; to: number }> {
  const enough = (rows: number) => rows >= mostRows || now() >= deadline
  const { rows, pages, cursor: next, ...found } = await source.read(selection, cursor, enough)
  const part = partOf({ read: rows, ...found }, settings)
  return next ? { part: { ...part, cursor: next }, to: from + pages } : { part, to: END }
}
