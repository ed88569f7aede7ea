import { z } from 'zod'

import { keyOfIds, nextPage, type PagedList } from './pageCycle'

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
export async function* idsOfPages(
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
