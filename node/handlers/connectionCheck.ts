import { checkConnections } from '../connections/checkConnections'
import { textTable } from '../connections/checks'
import type { Context } from '../middlewares/errorHandler'
import { limitPerMinute } from '../middlewares/request'
import { connectionsOf, servicesOf } from '../services'

/** A check makes a dozen calls, and connects to Intershop. */
const checkRate = limitPerMinute(5, 'too_many_checks', 'checks')

/** POST /check: tries every connection that exports need. Responds 200 if all work, 424 if one does not. */
export async function connectionCheck(ctx: Context): Promise<void> {
  checkRate(ctx)
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
