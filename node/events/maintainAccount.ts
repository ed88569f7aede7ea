import type { EventContext } from '@vtex/api'
import type { Clients } from '../clients'
import { atMostEvery } from '../common/perAccount'
import { reconcileSchedules, servicesOf } from '../services'

const mayReconcile = atMostEvery(60_000)

/**
 * Does what VTEX gives the app no occasion of its own for, whenever a SKU changed: replaces a worker that died, and
 * registers changed schedules, as VTEX tells no app of saved settings. Never fails.
 */
export async function maintainAccount(ctx: EventContext<Clients>): Promise<void> {
  await servicesOf(ctx).recoverAbandonedRun()
  if (mayReconcile(ctx.vtex, Date.now())) await reconcileSchedules(ctx)
}
