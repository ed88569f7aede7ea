import { type EventContext, TooManyRequestsError } from '@vtex/api'
import { readNotification } from '../changes/notification'
import type { Clients } from '../clients'
import { describe } from '../common/errors'
import { servicesOf } from '../services'

/**
 * Handles a notification of VTEX's broadcaster: a SKU of this account changed. Returns after the change is saved; a 429
 * makes courier deliver the notification again.
 */
export async function skuChanged(
  ctx: EventContext<Clients>,
  next: () => Promise<unknown>
): Promise<void> {
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
    const { code, message: reason } = describe(thrown)
    log.error('change.notSaved', { code, reason })
    throw new TooManyRequestsError('deliver this notification again')
  }
  await next()
}
