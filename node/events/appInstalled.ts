import { type EventContext, TooManyRequestsError } from '@vtex/api'
import { z } from 'zod'
import { mailTemplate } from '../alerts/messages'
import type { Clients } from '../clients'
import { appName } from '../clients/scheduler'
import { errorFields } from '../common/errors'
import { schedulesOf, servicesOf } from '../services'
import { appSettings } from '../settings/settingsCache'

const named = z.object({ id: z.string() })
/** VTEX documents no body; both forms were seen. */
const setupSchema = z.union([z.object({ to: named }).transform(({ to }) => to), named])

/** VTEX may send events of other apps too. */
const isOfThisApp = (body: unknown) =>
  setupSchema.safeParse(body).data?.id.startsWith(`${appName()}@`) === true

/** After an installation, registers the schedules (an uninstallation may have removed their entries) and creates the template of mails. */
export async function appInstalled(ctx: EventContext<Clients>): Promise<void> {
  if (!isOfThisApp(ctx.body)) return
  const { log } = servicesOf(ctx)
  try {
    await schedulesOf(ctx, await appSettings(ctx)).forceReconcile()
    // Sending a mail creates it too.
    await ctx.clients.messageCenter.ensureTemplate(mailTemplate).catch((thrown: unknown) => {
      log.warn('alert.interrupted', errorFields(thrown))
    })
    log.info('setup.done', {})
  } catch (thrown) {
    log.error('setup.interrupted', errorFields(thrown))
    throw new TooManyRequestsError('deliver this event again')
  }
}
