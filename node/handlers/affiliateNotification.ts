import { json } from 'co-body'
import { TaskCancelledError } from 'cockatiel'
import { readNotification } from '../changes/notification'
import { atMostPerMinute } from '../common/perAccount'
import {
  badRequest,
  type Context,
  HttpError,
  notFound,
  unavailable,
} from '../middlewares/errorHandler'
import { servicesOf } from '../services'
import { readSetting } from '../settings/settings'
import { appSettings } from '../settings/settingsCache'

const LIMIT = '64kb'
/** For each account and process: each notification costs a few calls to VTEX. */
const MAX_PER_MINUTE = 300
const take = atMostPerMinute(MAX_PER_MINUTE)

/**
 * POST /affiliate/notification: VTEX notifies an affiliate that a SKU changed. VTEX sends no token, so anyone can call
 * it: it is off by default, limited per minute, and only makes an update read the SKU again. The update drops an id that
 * VTEX does not know.
 */
export async function affiliateNotification(ctx: Context): Promise<void> {
  const settings = await appSettings(ctx.clients.apps, ctx.vtex)
  if (readSetting(settings, 'affiliateNotifications') !== true) {
    throw notFound('affiliate_off', 'the setting affiliateNotifications is off')
  }
  const waitMs = take(ctx.vtex, Date.now())
  if (waitMs > 0) {
    const message = `expected at most ${MAX_PER_MINUTE} notifications a minute`
    const headers = { 'retry-after': String(Math.ceil(waitMs / 1_000)) }
    throw new HttpError(429, 'too_many_notifications', message, headers)
  }
  const notice = readNotification(await bodyOf(ctx))
  if ('ignored' in notice && notice.ignored === 'noSku') {
    throw badRequest('invalid_notification', 'expected IdSku: the id of a SKU, and An: the account')
  }
  if ('reported' in notice) {
    if (notice.account !== ctx.vtex.account) {
      throw badRequest('invalid_notification', 'An: expected the name of this account')
    }
    const reported = { ...notice.reported, unverified: true }
    await servicesOf(ctx)
      .reportChange(reported)
      .catch((thrown: unknown) => {
        if (!(thrown instanceof TaskCancelledError)) throw thrown
        throw unavailable('not_durable', 'the notification could not be saved')
      })
  }
  ctx.body = ''
  ctx.status = 200
}

async function bodyOf(ctx: Context): Promise<unknown> {
  try {
    return await json(ctx.req, { limit: LIMIT })
  } catch (thrown) {
    const { status } = (thrown ?? {}) as { status?: unknown }
    if (status === 413) throw new HttpError(413, 'body_too_large', `expected ${LIMIT} at most`)
    throw badRequest('invalid_notification', 'expected a notification as VTEX sends it, in JSON')
  }
}
