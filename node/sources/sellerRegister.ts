import { SELLERS_A_PAGE, type SellerPage } from '../clients/sellers'
import { UpstreamError } from '../common/upstreamError'
import { keyOfIds, NO_PAGES, nextPage } from './paginate'

/** No marketplace has 200 pages of sellers. */
const REGISTER = { upstream: 'VTEX seller register', what: 'sellers', mostPages: 200 }

/** A seller of the marketplace, as in VTEX's register. */
export type RegisteredSeller = SellerPage['items'][number]

/**
 * Yields the sellers of VTEX's register, page by page.
 * @throws {UpstreamError} `malformed` also if pages repeat, do not end, or hold fewer sellers than
 * their total
 */
export async function* registeredSellers(
  page: (from: number) => Promise<SellerPage>
): AsyncGenerator<RegisteredSeller[]> {
  let trail = NO_PAGES
  for (let from = 0; ; from += SELLERS_A_PAGE) {
    const { items, paging } = await page(from)
    if (items.length === 0 && from < paging.total) {
      const detail = `expected ${paging.total} sellers, its total; there are none from ${from} on`
      throw new UpstreamError(REGISTER.upstream, 'malformed', detail)
    }
    if (items.length > 0) trail = nextPage(REGISTER, trail, [keyOfIds(items.map(({ id }) => id))])
    yield items
    if (items.length === 0 || from + SELLERS_A_PAGE >= paging.total) return
  }
}
