import type { EventContext } from '@vtex/api'
import type { Clients } from '../clients'
import { atMostEvery } from '../common/perAccount'
import { reconcileSchedules, servicesOf } from '../services'

const mayReconcile = atMostEvery(60_000)

/**
 * Uses each SKU change for work that VTEX sends no event for: replaces a worker that died, and registers changed
 * schedules. Never fails.
 */
export async function maintainAccount(ctx: EventContext<Clients>): Promise<void> {
  await servicesOf(ctx).recoverAbandonedRun()
  if (mayReconcile(ctx.vtex, Date.now())) await reconcileSchedules(ctx)
}
