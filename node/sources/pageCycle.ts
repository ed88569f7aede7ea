import { UpstreamError } from '../clients/upstreamError'

const isPowerOfTwo = (count: number) => (count & (count - 1)) === 0

/**
 * Notices that pages come again, however many there are in between: one of them is remembered, from longer and
 * longer ago (Brent's cycle detection: https://en.wikipedia.org/wiki/Cycle_detection). A page that shares some of
 * its ids with others is none that comes again, since lists shift while they are read.
 */
export class PageCycle<Id> {
  private pages = 0
  private mark = { page: 0, ids: new Set<Id>() }

  /**
   * @param upstream in words: "VTEX catalog"
   * @param what the pages hold: "SKU ids"
   * @param most pages that there may be
   */
  constructor(
    private readonly upstream: string,
    private readonly what: string,
    private readonly most: number
  ) {}

  /** Takes the next page, which is not empty. @throws {UpstreamError} `malformed` where it brings nothing new */
  next(ids: readonly Id[]): void {
    const { what, most, mark } = this
    const page = ++this.pages
    const found = new Set(ids)
    if (found.size === mark.ids.size && ids.every((id) => mark.ids.has(id))) {
      throw this.malformed(
        `page ${page} holds the same ${found.size} ${what} as page ${mark.page}: expected others, or none past the last`
      )
    }
    if (page > most) throw this.malformed(`more than ${most} pages of ${what}`)
    if (isPowerOfTwo(page)) this.mark = { page, ids: found }
  }

  private malformed(detail: string) {
    return new UpstreamError(this.upstream, 'malformed', detail)
  }
}
