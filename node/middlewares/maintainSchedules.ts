import { atMostEvery } from '../common/perAccount'
import { reconcileSchedules, sendDueAlerts } from '../services'
import type { Context, Next } from './errorHandler'

/** Where no export runs, requests are what alerts are looked at by. */
const mayLook = atMostEvery(60_000)

/**
 * Registers changed schedules before authentication: after a token change, VTEX's scheduler calls once with the old
 * token. That call gets 401, and makes the next one send the new token.
 */
export async function maintainSchedules(ctx: Context, next: Next): Promise<void> {
  await reconcileSchedules(ctx)
  await next()
  // No response waits for it: VTEX may end it, and a later look repeats it.
  if (ctx.method === 'GET' && mayLook(ctx.vtex, Date.now())) void sendDueAlerts(ctx)
}
