import { type EventContext, TooManyRequestsError } from '@vtex/api'
import { z } from 'zod'

import { accountOf } from '../account'
import { schedulesOf } from '../accountSchedules'
import { appName } from '../appName'
import type { Clients } from '../clients'
import { describe } from '../errors'
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
export async function onSetup(ctx: EventContext<Clients>): Promise<void> {
  if (!isOfThisApp(ctx.body)) return
  const { log } = accountOf(ctx)
  try {
    await schedulesOf(ctx).renew(await appSettings(ctx.clients.apps, ctx.vtex))
    log.info('setup.done')
  } catch (thrown) {
    const { code, message } = describe(thrown)
    log.error('setup.interrupted', { code, reason: message })
    throw new TooManyRequestsError('deliver this event again')
  }
}
