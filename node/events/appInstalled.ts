import { type EventContext, TooManyRequestsError } from '@vtex/api'
import { z } from 'zod'
import type { Clients } from '../clients'
import { appName } from '../clients/scheduler'
import { describe } from '../common/errors'
import { schedulesOf, servicesOf } from '../services'
import { appSettings } from '../settings/settingsCache'

const named = z.object({ id: z.string() })
/** VTEX documents no body; both were seen. */
const setupSchema = z.union([z.object({ to: named }).transform(({ to }) => to), named])

/** VTEX may tell of other apps too. */
const isOfThisApp = (body: unknown) =>
  setupSchema.safeParse(body).data?.id.startsWith(`${appName()}@`) === true

/**
 * Handles an installation: the schedules are registered anew, as an earlier life of the app may have taken its entries
 * along.
 */
export async function appInstalled(ctx: EventContext<Clients>): Promise<void> {
  if (!isOfThisApp(ctx.body)) return
  const { log } = servicesOf(ctx)
  try {
    await schedulesOf(ctx).forceReconcile(await appSettings(ctx.clients.apps, ctx.vtex))
    log.info('setup.done', {})
  } catch (thrown) {
    const { code, message } = describe(thrown)
    log.error('setup.interrupted', { code, reason: message })
    throw new TooManyRequestsError('deliver this event again')
  }
}
