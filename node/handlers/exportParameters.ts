import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel'
import type { SellerPage } from '../clients/sellers'
import { UpstreamError } from '../common/upstreamError'
import type { ExportRequest, Scope } from '../exports/exportRequest'
import { badRequest, notFound } from '../middlewares/errorHandler'
import { checked } from '../middlewares/request'
import { OWN_SELLER } from '../offers/offerSku'
import { registeredSellers } from '../sources/sellerRegister'
import { flag, integer, sellerId, skuId } from '../status/parameters'

/** Thirty days, as long as the change log is kept. */
const minutes = integer(1, 43_200)

/** Reads the scope from the path parameters, as VTEX's edge parsed them. @throws {HttpError} 400 */
export const parsePath = (params: Record<string, unknown>): Scope => ({
  ...('startId' in params && {
    startId: checked(skuId, params.startId, 'invalid_startId', 'startId'),
  }),
  ...('sellerId' in params && {
    sellerId: checked(sellerId, params.sellerId, 'invalid_sellerId', 'sellerId'),
  }),
  ...('minutes' in params && {
    minutes: checked(minutes, params.minutes, 'invalid_minutes', 'minutes'),
  }),
})

/** The query parameters of every route. */
export type Flags = Pick<ExportRequest, 'dryRun' | 'force'>

function flagOf(name: keyof Flags | 'verify', query: string): boolean {
  const [given = 'false', ...more] = new URLSearchParams(query).getAll(name)
  return checked(flag, more.length === 0 ? given : undefined, `invalid_${name}`, name)
}

/** The flags that a query sets. Whatever else it says is ignored. @throws {HttpError} 400 */
export const parseQuery = (query: string): Flags => ({
  dryRun: flagOf('dryRun', query),
  force: flagOf('force', query),
})

/** Whether to read back a sample of what was sent. @throws {HttpError} 400 where there is nothing to read back */
export function parseVerify(
  query: string,
  route: ExportRequest['route'],
  delivery: string | undefined
): boolean {
  const verify = flagOf('verify', query)
  const isPossible = (route === 'export' || route === 'seller') && delivery === 'icm-rest'
  if (!verify || isPossible) return verify
  const expected =
    'expected only with the routes export and export/seller/:sellerId, and delivery icm-rest'
  throw badRequest('invalid_verify', `verify: ${expected}`)
}

/** A slower register counts as unreadable, since the client waits and VTEX's edge has a timeout. */
const registerTimeout = timeout(5_000, TimeoutStrategy.Aggressive)

/**
 * Responds 404 if neither VTEX's seller register nor the setting `centraSellerId` has the seller. If the register cannot
 * be read, the export is accepted, and may fail later.
 */
export async function checkSeller(
  sellerId: string,
  centraSellerId: string | undefined,
  page: (from: number) => Promise<SellerPage>
): Promise<void> {
  if (sellerId === OWN_SELLER || sellerId === centraSellerId) return
  try {
    if (await registerTimeout.execute(() => isRegistered(sellerId, page))) return
  } catch (thrown) {
    if (thrown instanceof UpstreamError || thrown instanceof TaskCancelledError) return
    throw thrown
  }
  const message = `VTEX's seller list has no seller ${sellerId}, and centraSellerId does not name it`
  throw notFound('unknown_seller', `sellerId: ${message}`)
}

async function isRegistered(sellerId: string, page: (from: number) => Promise<SellerPage>) {
  for await (const { id } of registeredSellers(page)) {
    if (id === sellerId) return true
  }
  return false
}
