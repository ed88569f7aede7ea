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
/** In each process, for each account: each costs a few calls to VTEX, which others need too. */
const MOST_A_MINUTE = 300
const take = atMostPerMinute(MOST_A_MINUTE)

/**
 * POST /affiliate/notification: VTEX tells an affiliate that a SKU changed. Open to anybody, as VTEX sends no
 * token: so it is off unless the settings say otherwise, it takes so many a minute, and all it does is have a SKU
 * read again. An id that VTEX does not know is forgotten by the update that reads it.
 */
export async function affiliateNotification(ctx: Context): Promise<void> {
  const settings = await appSettings(ctx.clients.apps, ctx.vtex)
  if (readSetting(settings, 'affiliateNotifications') !== true) {
    throw notFound('affiliate_off', 'the setting affiliateNotifications is off')
  }
  const waitMs = take(ctx.vtex, Date.now())
  if (waitMs > 0) {
    const message = `expected at most ${MOST_A_MINUTE} notifications a minute`
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
    await saved(ctx, { ...notice.reported, unverified: true })
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

async function saved(
  ctx: Context,
  reported: Parameters<ReturnType<typeof servicesOf>['reportChange']>[0]
) {
  try {
    await servicesOf(ctx).reportChange(reported)
  } catch (thrown) {
    if (!(thrown instanceof TaskCancelledError)) throw thrown
    throw unavailable('not_durable', 'the notification could not be saved')
  }
}
