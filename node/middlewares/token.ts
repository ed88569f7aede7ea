import { createHash, timingSafeEqual } from 'crypto'

import { schedulesOf } from '../accountSchedules'
import { runtimeLog } from '../logging'
import { nowAndThen } from '../nowAndThen'
import { parseTokens, tokenProblems } from '../settings/settings'
import { appSettings } from '../settings/settingsCache'
import { MOST_TOKEN_CHARACTERS } from '../settings/settingsTable'
import type { Context, Next } from './answers'
import { Unauthorized } from './httpError'

/** A token that opens to nobody is told of in the log so often: there may be no other way to see it. */
const mayTell = nowAndThen(600_000)

const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest()

/** Whether a given token is one of the configured ones, in a time that tells nothing of them. */
export function isToken(given: string, configured: readonly string[]): boolean {
  if (given.length > MOST_TOKEN_CHARACTERS) return false
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
  tellInvalid(ctx, saved)
  const configured = parseTokens(saved)
  const given = ctx.get('token')
  if (!given || !isToken(given, configured)) throw new Unauthorized()
  await next()
}

function tellInvalid({ vtex }: Context, saved: unknown) {
  const problems = tokenProblems(saved)
  if (problems.length === 0 || !mayTell(vtex, Date.now())) return
  runtimeLog(vtex.logger, vtex.account).error('token.invalid', { problem: problems.join('; ') })
}
