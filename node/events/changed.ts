import { type EventContext, TooManyRequestsError } from '@vtex/api'

import { intakeOf } from '../account'
import { keepSchedules } from '../accountSchedules'
import { readNotification } from '../changes/notification'
import type { Clients } from '../clients'
import { describe } from '../errors'
import { nowAndThen } from '../nowAndThen'

const mayKeep = nowAndThen(60_000)

/**
 * Handles a notification of VTEX's broadcaster: a SKU of this account changed. Returns once the change is
 * saved; until then a 429 asks courier to deliver the notification again.
 */
export async function onChanged(ctx: EventContext<Clients>): Promise<void> {
  const { log, report, watch } = intakeOf(ctx)
  const notice = readNotification(ctx.body)
  if ('ignored' in notice) {
    if (notice.ignored === 'noSku') log.warn('change.unreadable', { from: 'broadcaster' })
    return
  }
  if (notice.account !== undefined && notice.account !== ctx.vtex.account) return
  try {
    await report(notice.reported)
    await watch()
  } catch (thrown) {
    const { code, message } = describe(thrown)
    log.error('change.notSaved', { code, reason: message })
    throw new TooManyRequestsError('deliver this notification again')
  }
  // VTEX tells no app of saved settings: without this, schedules would wait for somebody to call a route.
  if (mayKeep(ctx.vtex, Date.now())) await keepSchedules(ctx)
}
