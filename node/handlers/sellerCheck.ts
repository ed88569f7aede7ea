import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel'

import type { SellerPage } from '../clients/sellers'
import { SELLERS_A_PAGE } from '../clients/sellers'
import { UpstreamError } from '../clients/upstreamError'
import { notFound } from '../middlewares/httpError'
import { OWN_SELLER } from '../sources/ownStock'

/** No marketplace has this many sellers; a register that says so is not followed further. */
const MOST_PAGES = 200
/** The caller waits: a list that takes longer counts as unreadable, well before VTEX's edge gives up. */
const patience = timeout(5_000, TimeoutStrategy.Aggressive)

/**
 * Refuses a seller that VTEX's seller register does not have. A register that cannot be read refuses
 * nobody: the export is accepted, and fails later with that reason if it has to.
 * @throws {HttpError} 404
 */
export async function checkSeller(
  sellerId: string,
  page: (from: number) => Promise<SellerPage>
): Promise<void> {
  if (sellerId === OWN_SELLER) return
  try {
    if (await patience.execute(() => isRegistered(sellerId, page))) return
  } catch (thrown) {
    if (thrown instanceof UpstreamError || thrown instanceof TaskCancelledError) return
    throw thrown
  }
  throw notFound('unknown_seller', `sellerId: the seller list has no seller ${sellerId}`)
}

async function isRegistered(sellerId: string, page: (from: number) => Promise<SellerPage>) {
  for (let index = 0; index < MOST_PAGES; index++) {
    const from = index * SELLERS_A_PAGE
    const { items, paging } = await page(from)
    if (items.some(({ id }) => id === sellerId)) return true
    if (items.length === 0 || from + SELLERS_A_PAGE >= paging.total) return false
  }
  return false
}
