import { type EventContext, TooManyRequestsError } from '@vtex/api'
import { z } from 'zod'
import { mailTemplate } from '../alerts/messages'
import type { Clients } from '../clients'
import { appName } from '../clients/scheduler'
import { describe } from '../common/errors'
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
    await schedulesOf(ctx).forceReconcile(await appSettings(ctx))
    // Sending a mail creates it too.
    await ctx.clients.messageCenter.ensureTemplate(mailTemplate).catch((thrown: unknown) => {
      const { code, message: reason } = describe(thrown)
      log.warn('alert.interrupted', { code, reason })
    })
    log.info('setup.done', {})
  } catch (thrown) {
    const { code, message: reason } = describe(thrown)
    log.error('setup.interrupted', { code, reason })
    throw new TooManyRequestsError('deliver this event again')
  }
}
