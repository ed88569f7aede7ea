import { SELLERS_A_PAGE, type SellerPage } from '../clients/sellers'
import { UpstreamError } from '../common/upstreamError'
import { keyOfIds, NO_PAGES, nextPage } from './paginate'

const UPSTREAM = 'VTEX seller register'

/** No marketplace has this many sellers; a register that says so is not followed further. */
const REGISTER = { upstream: UPSTREAM, what: 'sellers', mostPages: 200 }

/** A seller of the marketplace as VTEX's register has it. */
export type RegisteredSeller = SellerPage['items'][number]

/**
 * The sellers of VTEX's register, page by page.
 * @throws {UpstreamError} `malformed` too where windows come again, without end, or too few
 */
export async function* registeredSellers(
  page: (from: number) => Promise<SellerPage>
): AsyncGenerator<RegisteredSeller[]> {
  let trail = NO_PAGES
  for (let from = 0; ; from += SELLERS_A_PAGE) {
    const { items, paging } = await page(from)
    if (items.length === 0 && from < paging.total) {
      const detail = `expected ${paging.total} sellers, its total; there are none from ${from} on`
      throw new UpstreamError(UPSTREAM, 'malformed', detail)
    }
    if (items.length > 0) trail = nextPage(REGISTER, trail, [keyOfIds(items.map(({ id }) => id))])
    yield items
    if (items.length === 0 || from + SELLERS_A_PAGE >= paging.total) return
  }
}
