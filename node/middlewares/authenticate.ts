import { createHash, timingSafeEqual } from 'crypto'
import { runtimeLog } from '../common/logger'
import { atMostEvery } from '../common/perAccount'
import { parseTokens, tokenProblems } from '../settings/settings'
import { appSettings } from '../settings/settingsCache'
import { MAX_TOKEN_CHARACTERS } from '../settings/settingsTable'
import type { Context, Next } from './errorHandler'

/** How often an invalid token is logged. */
const mayLog = atMostEvery(600_000)

const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest()

/** Compares a token with the configured ones in constant time. */
export function isToken(given: string, configured: readonly string[]): boolean {
  if (given.length > MAX_TOKEN_CHARACTERS) return false
  const givenDigest = digest(given)
  return configured.map((token) => timingSafeEqual(digest(token), givenDigest)).includes(true)
}

/** Requires the header `token` with a value from the app's settings; responds 401 with zero bytes otherwise. */
export async function authenticate(ctx: Context, next: Next): Promise<void> {
  const saved = await appSettings(ctx)
  logInvalidTokens(ctx, saved)
  const given = ctx.get('token')
  if (given && isToken(given, parseTokens(saved))) return void (await next())
  ctx.body = ''
  ctx.status = 401
}

function logInvalidTokens({ vtex }: Context, saved: unknown) {
  const problems = tokenProblems(saved)
  if (problems.length === 0 || !mayLog(vtex, Date.now())) return
  runtimeLog(vtex.logger, vtex.account).error('token.invalid', { problem: problems.join('; ') })
}
