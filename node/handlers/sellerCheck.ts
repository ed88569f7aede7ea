import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel'

import type { SellerPage } from '../clients/sellers'
import { UpstreamError } from '../clients/upstreamError'
import { notFound } from '../middlewares/httpError'
import { OWN_SELLER } from '../offers/sellerId'
import { registeredSellers } from '../sources/register'

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
  for await (const sellers of registeredSellers(page)) {
    if (sellers.some(({ id }) => id === sellerId)) return true
  }
  return false
}
