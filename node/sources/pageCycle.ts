import { createHash } from 'node:crypto'

import { z } from 'zod'

import { UpstreamError } from '../clients/upstreamError'

const isPowerOfTwo = (count: number) => (count & (count - 1)) === 0

/** A page that was read before, and a digest of its ids. */
export const pageMark = z.object({ page: z.number().int(), digest: z.string() })

/**
 * Notices that pages come again, however many there are in between: one of them is remembered, from longer and
 * longer ago (Brent's cycle detection: https://en.wikipedia.org/wiki/Cycle_detection). A page that shares some of
 * its ids with others is none that comes again, since lists shift while they are read.
 */
export class PageCycle {
  /**
   * @param upstream in words: "VTEX catalog"
   * @param what the pages hold: "SKU ids"
   * @param most pages that there may be
   * @param page the number of the first page that it takes
   * @param mark what was remembered of pages before
   */
  constructor(
    private readonly upstream: string,
    private readonly what: string,
    private readonly most: number,
    private page = 1,
    public mark?: z.infer<typeof pageMark> | undefined
  ) {}

  /** Takes the next page, which is not empty. @throws {UpstreamError} `malformed` where it brings nothing new */
  next(ids: ReadonlyArray<number | string>): void {
    const { what, most, page, mark } = this
    const found = new Set(ids)
    const digest = digestOf(found)
    if (digest === mark?.digest) {
      throw this.malformed(
        `page ${page} holds the same ${found.size} ${what} as page ${mark.page}: expected others, or none past the last`
      )
    }
    if (page > most) throw this.malformed(`more than ${most} pages of ${what}`)
    if (isPowerOfTwo(page)) this.mark = { page, digest }
    this.page++
  }

  private malformed(detail: string) {
    return new UpstreamError(this.upstream, 'malformed', detail)
  }
}

/** In whichever order the ids come. */
const digestOf = (ids: ReadonlySet<number | string>) =>
  createHash('sha256')
    .update([...ids].sort().join())
    .digest('base64')
