import type { EventContext } from '@vtex/api'
import type { Clients } from '../clients'
import { atMostEvery } from '../common/perAccount'
import { reconcileSchedules, sendDueAlerts, servicesOf } from '../services'

const isDue = atMostEvery(60_000)

/**
 * Uses each SKU change for work that VTEX sends no event for: replaces a worker that died, registers changed schedules,
 * and sends alerts. Never fails.
 */
export async function maintainAccount(ctx: EventContext<Clients>): Promise<void> {
  await servicesOf(ctx).recoverAbandonedRun()
  if (!isDue(ctx.vtex, Date.now())) return
  await reconcileSchedules(ctx)
  await sendDueAlerts(ctx)
}
