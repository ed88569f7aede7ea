import { checkConnections } from '../connections/checkConnections'
import { textTable } from '../connections/checks'
import type { Context } from '../middlewares/errorHandler'
import { limitPerMinute, queryOf } from '../middlewares/request'
import { delivers } from '../schedules/schedules'
import { connectionsOf, schedulesOf, servicesOf } from '../services'
import { appSettings } from '../settings/settingsCache'
import { metricsOf } from '../status/metrics'
import { statusQuery } from '../status/parameters'
import { readStatus } from '../status/status'

async function stateOf(ctx: Context) {
  const saved = await appSettings(ctx)
  const { documents, now } = servicesOf(ctx)
  return readStatus({
    ...{ documents, saved, now: now(), delivers: delivers(saved, ctx.vtex) },
    schedules: schedulesOf(ctx, saved).state(),
    version: process.env.VTEX_APP_VERSION ?? '',
  })
}

/** GET /status: whether stock reaches Intershop, why not, and what helps. */
export async function showStatus(ctx: Context): Promise<void> {
  const { strict } = queryOf(ctx, statusQuery)
  const { status } = await stateOf(ctx)
  ctx.body = status
  ctx.status = strict && status.state !== 'ok' ? 503 : 200
}

/** GET /metrics: the same for Prometheus. */
export async function showMetrics(ctx: Context): Promise<void> {
  const { status, summary } = await stateOf(ctx)
  ctx.body = metricsOf(status, summary)
  ctx.type = 'text/plain; version=0.0.4; charset=utf-8'
}

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
