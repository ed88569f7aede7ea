import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel'

import type { SellerPage } from '../clients/sellers'
import { UpstreamError } from '../clients/upstreamError'
import { notFound } from '../middlewares/httpError'
import { OWN_SELLER } from '../offers/sellerId'
import { registeredSellers } from '../sources/register'

/** The caller waits: a list that takes longer counts as unreadable, well before VTEX's edge gives up. */
const patience = timeout(5_000, TimeoutStrategy.Aggressive)

/**
 * Refuses a seller that neither VTEX's seller register has nor the setting `centraSellerId` names. A register
 * that cannot be read refuses nobody: the export is accepted, and fails later with that reason if it has to.
 * @throws {HttpError} 404
 */
export async function checkSeller(
  sellerId: string,
  centraSellerId: string | undefined,
  page: (from: number) => Promise<SellerPage>
): Promise<void> {
  if (sellerId === OWN_SELLER || sellerId === centraSellerId) return
  try {
    if (await patience.execute(() => isRegistered(sellerId, page))) return
  } catch (thrown) {
    if (thrown instanceof UpstreamError || thrown instanceof TaskCancelledError) return
    throw thrown
  }
  throw notFound(
    'unknown_seller',
    `sellerId: VTEX's seller list has no seller ${sellerId}, and centraSellerId does not name it`
  )
}

async function isRegistered(sellerId: string, page: (from: number) => Promise<SellerPage>) {
  for await (const sellers of registeredSellers(page)) {
    if (sellers.some(({ id }) => id === sellerId)) return true
  }
  return false
}
