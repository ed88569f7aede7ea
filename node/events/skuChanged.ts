import { type EventContext, TooManyRequestsError } from '@vtex/api'
import { readNotification } from '../changes/notification'
import type { Clients } from '../clients'
import { errorFields } from '../common/errors'
import { atMostEvery } from '../common/perAccount'
import { reconcileSchedules, sendDueAlerts, servicesOf } from '../services'

/** VTEX's broadcaster notifies that a SKU changed. A 429, if that was not saved, makes courier deliver it again. */
export async function skuChanged(ctx: EventContext<Clients>): Promise<void> {
  const { log, reportChange } = servicesOf(ctx)
  const notice = readNotification(ctx.body)
  if ('ignored' in notice) {
    if (notice.ignored === 'noSku') log.warn('change.unreadable', { from: 'broadcaster' })
    return
  }
  if (notice.account !== undefined && notice.account !== ctx.vtex.account) return
  try {
    await reportChange(notice.reported)
  } catch (thrown) {
    log.error('change.notSaved', errorFields(thrown))
    throw new TooManyRequestsError('deliver this notification again')
  }
  await maintainAccount(ctx)
}

const isDue = atMostEvery(60_000)

/** Work without an event of its own: replaces a worker that died, registers changed schedules, sends alerts. Never fails. */
async function maintainAccount(ctx: EventContext<Clients>): Promise<void> {
  await servicesOf(ctx).recoverAbandonedRun()
  if (!isDue(ctx.vtex, Date.now())) return
  await reconcileSchedules(ctx)
  await sendDueAlerts(ctx)
}
