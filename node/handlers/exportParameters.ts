import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel'
import type { SellerPage } from '../clients/sellers'
import { UpstreamError } from '../common/upstreamError'
import type { ExportRequest, Scope } from '../exports/exportRequest'
import { badRequest, notFound } from '../middlewares/errorHandler'
import { isSellerId, OWN_SELLER, SELLER_ID } from '../offers/offerSku'
import { registeredSellers } from '../sources/directReads'

type Parameters = Record<string, string | string[] | undefined>

/** Thirty days, as long as the change log is kept. */
const MAX_MINUTES = 43_200
const INTEGER = /^(0|[1-9][0-9]{0,15})$/

function integer(name: 'startId' | 'minutes', given: unknown, least: number, most: number): number {
  const value = typeof given === 'string' && INTEGER.test(given) ? Number(given) : Number.NaN
  if (value >= least && value <= most) return value
  throw badRequest(`invalid_${name}`, `${name}: expected a whole number from ${least} to ${most}`)
}

function seller(given: unknown): string {
  if (typeof given === 'string' && isSellerId(given)) return given
  throw badRequest('invalid_sellerId', `sellerId: expected ${SELLER_ID}`)
}

/**
 * Reads the scope from the path parameters.
 * @param params as VTEX's edge parsed them
 * @throws {HttpError} 400 with the name of the parameter and what was expected
 */
export function parsePath(params: Parameters): Scope {
  return {
    ...('startId' in params && {
      startId: integer('startId', params.startId, 0, Number.MAX_SAFE_INTEGER),
    }),
    ...('sellerId' in params && { sellerId: seller(params.sellerId) }),
    ...('minutes' in params && { minutes: integer('minutes', params.minutes, 1, MAX_MINUTES) }),
  }
}

/** The query parameters of every route. */
export type Flags = Pick<ExportRequest, 'dryRun' | 'force'>

function flag(name: keyof Flags | 'verify', query: URLSearchParams): boolean {
  const [given = 'false', ...more] = query.getAll(name)
  if (more.length === 0 && (given === 'true' || given === 'false')) return given === 'true'
  throw badRequest(`invalid_${name}`, `${name}: expected true or false, once`)
}

/**
 * The flags that a query sets. Whatever else it says is ignored.
 * @param query as it came, without the question mark
 * @throws {HttpError} 400, naming the flag and what was expected
 */
export function parseQuery(query: string): Flags {
  const given = new URLSearchParams(query)
  return { dryRun: flag('dryRun', given), force: flag('force', given) }
}

/**
 * Whether a query asks to read back a sample of what was sent.
 * @throws {HttpError} 400 where the route or the delivery has nothing to read back
 */
export function parseVerify(
  query: string,
  route: ExportRequest['route'],
  delivery: string | undefined
): boolean {
  const verify = flag('verify', new URLSearchParams(query))
  const isPossible = (route === 'export' || route === 'seller') && delivery === 'icm-rest'
  if (!verify || isPossible) return verify
  const expected =
    'expected only with the routes export and export/seller/:sellerId, and delivery icm-rest'
  throw badRequest('invalid_verify', `verify: ${expected}`)
}

/** A slower register counts as unreadable, since the client waits and VTEX's edge has a timeout. */
const registerTimeout = timeout(5_000, TimeoutStrategy.Aggressive)

/**
 * Checks that VTEX's seller register or the setting `centraSellerId` has the seller. If the register cannot be read, the
 * export is accepted, and may fail later.
 * @throws {HttpError} 404
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
