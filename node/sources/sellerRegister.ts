import { SELLERS_A_PAGE, type SellerPage, type Sellers } from '../clients/sellers'
import { UpstreamError } from '../common/upstreamError'
import { keyOfIds, NO_PAGES, nextPage } from './paginate'

export type RegisteredSeller = SellerPage['items'][number]

/** The registered sellers. */
export async function sellersById(register: Pick<Sellers, 'page'>) {
  const found = new Map<string, RegisteredSeller>()
  for await (const seller of registeredSellers((from) => register.page(from))) {
    found.set(seller.id, seller)
  }
  return found
}

/** No marketplace has 200 pages of sellers. */
const REGISTER = { upstream: 'VTEX seller register', what: 'sellers', mostPages: 200 }

/**
 * Yields the sellers of VTEX's register.
 * @throws {UpstreamError} `malformed` also if pages repeat, do not end, or hold fewer sellers than their total
 */
export async function* registeredSellers(
  page: (from: number) => Promise<SellerPage>
): AsyncGenerator<RegisteredSeller, void, undefined> {
  let trail = NO_PAGES
  for (let from = 0; ; from += SELLERS_A_PAGE) {
    const { items, paging } = await page(from)
    if (items.length === 0 && from < paging.total) {
      const detail = `expected ${paging.total} sellers, its total; there are none from ${from} on`
      throw new UpstreamError(REGISTER.upstream, 'malformed', detail)
    }
    if (items.length > 0) trail = nextPage(REGISTER, trail, [keyOfIds(items.map(({ id }) => id))])
    yield* items
    if (items.length === 0 || from + SELLERS_A_PAGE >= paging.total) return
  }
}
