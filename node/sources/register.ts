import { SELLERS_A_PAGE, type SellerPage } from '../clients/sellers'
import { UpstreamError } from '../clients/upstreamError'

/** No marketplace has this many sellers; a register that says so is not followed further. */
const MOST_PAGES = 200

/** A seller of the marketplace as VTEX's register has it. */
export type RegisteredSeller = SellerPage['items'][number]

/**
 * The sellers of VTEX's register, page by page.
 * @throws {UpstreamError}
 */
export async function* registeredSellers(
  page: (from: number) => Promise<SellerPage>
): AsyncGenerator<RegisteredSeller[]> {
  for (let index = 0; index < MOST_PAGES; index++) {
    const from = index * SELLERS_A_PAGE
    const { items, paging } = await page(from)
    if (items.length === 0 && from < paging.total) {
      throw new UpstreamError('VTEX seller register', 'malformed', 'fewer sellers than its total')
    }
    yield items
    if (items.length === 0 || from + SELLERS_A_PAGE >= paging.total) return
  }
}
