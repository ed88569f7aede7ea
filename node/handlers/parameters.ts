import type { Scope } from '../exports/scope'
import { badRequest } from '../middlewares/httpError'
import { isSellerId, SELLER_ID } from '../offers/sellerId'

type Parameters = Record<string, string | string[] | undefined>

/** Thirty days: as long as the change log is kept. */
const MOST_MINUTES = 43_200
const INTEGER = /^(0|[1-9][0-9]{0,15})$/

function integer(name: string, given: unknown, least: number, most: number): number {
  const value = typeof given === 'string' && INTEGER.test(given) ? Number(given) : Number.NaN
  if (value >= least && value <= most) return value
  throw badRequest(`invalid_${name}`, `${name}: expected a whole number from ${least} to ${most}`)
}

function seller(given: unknown): string {
  if (typeof given === 'string' && isSellerId(given)) return given
  throw badRequest('invalid_sellerId', `sellerId: expected ${SELLER_ID}`)
}

/**
 * The scope that a route's path parameters ask for.
 * @param params as VTEX's edge parsed them
 * @throws {HttpError} 400, naming the parameter and what was expected
 */
export function scopeOf(params: Parameters): Scope {
  return {
    ...('startId' in params && {
      startId: integer('startId', params.startId, 0, Number.MAX_SAFE_INTEGER),
    }),
    ...('sellerId' in params && { sellerId: seller(params.sellerId) }),
    ...('minutes' in params && { minutes: integer('minutes', params.minutes, 1, MOST_MINUTES) }),
  }
}
