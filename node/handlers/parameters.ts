import type { Scope } from '../exports/scope'
import { badRequest } from '../middlewares/httpError'

type Parameters = Record<string, string | string[] | undefined>

/** Thirty days: as long as the change log is kept. */
const MOST_MINUTES = 43_200
const POSITIVE_INTEGER = /^[1-9][0-9]{0,15}$/
/** VTEX: seller ids are numbers, or names. */
const SELLER_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,99}$/

function positiveInteger(name: string, given: unknown, most: number): number {
  const value = typeof given === 'string' && POSITIVE_INTEGER.test(given) ? Number(given) : 0
  if (value < 1 || value > most) {
    throw badRequest(`invalid_${name}`, `${name}: expected a whole number from 1 to ${most}`)
  }
  return value
}

function seller(given: unknown): string {
  if (typeof given === 'string' && SELLER_NAME.test(given)) return given
  if (
    typeof given === 'string' &&
    POSITIVE_INTEGER.test(given) &&
    Number.isSafeInteger(Number(given))
  ) {
    return given
  }
  throw badRequest(
    'invalid_sellerId',
    'sellerId: expected a positive whole number or a VTEX seller name (letters, digits, _ and -, a letter first)'
  )
}

/**
 * The scope that a route's path parameters ask for.
 * @param params as VTEX's edge parsed them
 * @throws {HttpError} 400, naming the parameter and what was expected
 */
export function scopeOf(params: Parameters): Scope {
  return {
    ...('startId' in params && {
      startId: positiveInteger('startId', params.startId, Number.MAX_SAFE_INTEGER),
    }),
    ...('sellerId' in params && { sellerId: seller(params.sellerId) }),
    ...('minutes' in params && {
      minutes: positiveInteger('minutes', params.minutes, MOST_MINUTES),
    }),
  }
}
