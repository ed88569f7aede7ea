import { TaskCancelledError } from 'cockatiel'
import { readNotification } from '../changes/notification'
import { badRequest, type Context, notFound, unavailable } from '../middlewares/errorHandler'
import { jsonOf, limitPerMinute } from '../middlewares/request'
import { servicesOf } from '../services'
import { readSetting } from '../settings/settings'
import { appSettings } from '../settings/settingsCache'

/** Each notification costs a few calls to VTEX. */
const checkRate = limitPerMinute(300, 'too_many_notifications', 'notifications')

/**
 * POST /affiliate/notification: a SKU changed. VTEX sends no token, so anyone can call it: it is off by default, limited
 * per minute, and only makes an update read the SKU again, which drops an id that VTEX does not know.
 */
export async function affiliateNotification(ctx: Context): Promise<void> {
  const settings = await appSettings(ctx)
  if (readSetting(settings, 'affiliateNotifications') !== true) {
    throw notFound('affiliate_off', 'the setting affiliateNotifications is off')
  }
  checkRate(ctx)
  const expected = 'expected a notification as VTEX sends it, in JSON'
  const notice = readNotification(await jsonOf(ctx, badRequest('invalid_notification', expected)))
  if ('ignored' in notice && notice.ignored === 'noSku') {
    throw badRequest('invalid_notification', 'expected IdSku: the id of a SKU, and An: the account')
  }
  if ('reported' in notice) {
    if (notice.account !== ctx.vtex.account) {
      throw badRequest('invalid_notification', 'An: expected the name of this account')
    }
    await servicesOf(ctx)
      .reportChange({ ...notice.reported, unverified: true })
      .catch((thrown: unknown) => {
        if (!(thrown instanceof TaskCancelledError)) throw thrown
        throw unavailable('not_durable', 'the notification could not be saved')
      })
  }
  ctx.body = ''
}
