import { createHash, timingSafeEqual } from 'crypto'

import { schedulesOf } from '../accountSchedules'
import { appSettings } from '../settings/appSettings'
import { parseTokens } from '../settings/settings'
import type { Context, Next } from './answers'
import { Unauthorized } from './httpError'

/** No token is this long; a header that is gets no work out of us. */
const MOST_BYTES = 1_024

const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest()

/** Whether a given token is one of the configured ones, in a time that tells nothing of them. */
export function isToken(given: string, configured: readonly string[]): boolean {
  if (given.length > MOST_BYTES) return false
  const givenDigest = digest(given)
  return configured
    .map((token) => timingSafeEqual(digest(token), givenDigest))
    .reduce((found, equal) => found || equal, false)
}

/**
 * Lets pass who sends the header `token` with a value that stands in the app's settings. Nobody, while
 * none stands there.
 * @throws {SettingsUnavailableError} where it cannot be known
 */
export async function token(ctx: Context, next: Next): Promise<void> {
  const saved = await appSettings(ctx.clients.apps, ctx.vtex)
  // Before anybody is refused: VTEX's scheduler may call with a token that was changed, and has to learn it.
  await schedulesOf(ctx).keep(saved)
  const configured = parseTokens(saved)
  const given = ctx.get('token')
  if (!given || !isToken(given, configured)) throw new Unauthorized()
  await next()
}
