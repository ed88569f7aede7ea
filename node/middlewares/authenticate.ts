import { createHash, timingSafeEqual } from 'crypto'
import { runtimeLog } from '../common/logger'
import { atMostEvery } from '../common/perAccount'
import { parseTokens, tokenProblems } from '../settings/settings'
import { appSettings } from '../settings/settingsCache'
import { MOST_TOKEN_CHARACTERS } from '../settings/settingsTable'
import type { Context, Next } from './errorHandler'

/** A token that opens to nobody is told of in the log so often: there may be no other way to see it. */
const mayTell = atMostEvery(600_000)

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
export async function authenticate(ctx: Context, next: Next): Promise<void> {
  const saved = await appSettings(ctx.clients.apps, ctx.vtex)
  logInvalidTokens(ctx, saved)
  const configured = parseTokens(saved)
  const given = ctx.get('token')
  if (given && isToken(given, configured)) return void (await next())
  ctx.body = ''
  ctx.status = 401
}

function logInvalidTokens({ vtex }: Context, saved: unknown) {
  const problems = tokenProblems(saved)
  if (problems.length === 0 || !mayTell(vtex, Date.now())) return
  runtimeLog(vtex.logger, vtex.account).error('token.invalid', { problem: problems.join('; ') })
}
