import { atMostPerMinute } from '../common/perAccount'
import { checkConnections } from '../connections/checkConnections'
import { textTable } from '../connections/textTable'
import { type Context, HttpError } from '../middlewares/errorHandler'
import { connectionsOf, servicesOf } from '../services'

/** For each account and process: a check makes a dozen calls, and connects to Intershop. */
const MAX_PER_MINUTE = 5
const take = atMostPerMinute(MAX_PER_MINUTE)

/** POST /check: tries every connection that exports need. Responds 200 if all work, 424 if one does not. */
export async function connectionCheck(ctx: Context): Promise<void> {
  const waitMs = take(ctx.vtex, Date.now())
  if (waitMs > 0) {
    const message = `expected at most ${MAX_PER_MINUTE} checks a minute`
    const headers = { 'retry-after': String(Math.ceil(waitMs / 1_000)) }
    throw new HttpError(429, 'too_many_checks', message, headers)
  }
  const checks = await checkConnections(connectionsOf(ctx))
  const failed = checks.filter(({ status }) => status === 'failed')
  const passed = checks.filter(({ status }) => status === 'ok').length
  const names = failed.map(({ name }) => name).join() || 'none'
  servicesOf(ctx).log.info('connections.checked', { passed, failed: names })
  const asText =
    new URLSearchParams(ctx.querystring).get('format') === 'text' ||
    ctx.accepts('json', 'text') === 'text'
  if (asText) ctx.type = 'text/plain; charset=utf-8'
  ctx.body = asText ? textTable(checks) : { status: failed.length === 0 ? 'ok' : 'failed', checks }
  ctx.status = failed.length === 0 ? 200 : 424
}
