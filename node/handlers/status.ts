import type { Context } from '../middlewares/errorHandler'
import { queryOf } from '../middlewares/request'
import { delivers } from '../schedules/schedules'
import { schedulesOf, servicesOf } from '../services'
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
  ctx.status = 200
}
