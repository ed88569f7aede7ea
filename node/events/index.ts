import { type EventContext, TooManyRequestsError } from '@vtex/api'
import { z } from 'zod'
import { mailTemplate } from '../alerts/messages'
import { removeOutdatedAlerts } from '../alerts/sendAlerts'
import { readNotification } from '../changes/notification'
import { compactChanges } from '../changes/pendingChanges'
import type { Clients } from '../clients'
import { appName } from '../clients/scheduler'
import { realClock } from '../common/clock'
import { describe, errorFields } from '../common/errors'
import { atMostEvery } from '../common/perAccount'
import type { Dependencies, WorkEvent } from '../exports/engine'
import { removeOldDocuments } from '../exports/retention'
import { work } from '../exports/worker'
import { engineOf, reconcileSchedules, schedulesOf, sendDueAlerts, servicesOf } from '../services'
import { appSettings } from '../settings/settingsCache'

// What VTEX IO's events start. A 429 makes courier deliver an event again.

type Context = EventContext<Clients>

const eventSchema = z.object({ v: z.literal(1), id: z.string(), compact: z.boolean().optional() })

const maySweep = atMostEvery(3_600_000)

/** Removes outdated documents once an hour, and compacts changes. Never fails. */
async function sweepSometimes({ vtex }: Context, engine: Dependencies, compact = false) {
  const { documents, clock, log, requestRun } = engine
  const now = clock.now()
  const isTime = maySweep(vtex, now)
  if (!isTime && !compact) return
  try {
    const removed = isTime
      ? (await removeOldDocuments(documents, now)) + (await removeOutdatedAlerts(documents, now))
      : 0
    if (removed > 0) log.info('documents.removed', { removed })
    const isLeft = await compactChanges(engine)
    // If exports are queued, an event is on its way already.
    if (isLeft && (await documents.list('exports')).length === 0) {
      await requestRun({ v: 1, id: clock.uniqueId(), compact: true })
    }
  } catch (thrown) {
    log.warn('documents.notRemoved', { reason: describe(thrown).message })
  }
}

/** After this time of a run its event has to be acknowledged: a later look sends its alerts. */
const LOOK_BY_MS = 40_000

/** Responds 429 whenever this run neither emptied the queue nor sent another event. */
export async function runWorker(ctx: Context): Promise<void> {
  const lookBy = Date.now() + LOOK_BY_MS
  const engine = engineOf(ctx)
  await reconcileSchedules(ctx)
  // An event of another version still means that there is work.
  const { data } = eventSchema.safeParse(ctx.body)
  const event: WorkEvent = data ?? { v: 1, id: realClock.uniqueId() }
  const outcome = await work(engine, event).catch((thrown: unknown) => {
    engine.log.error('run.interrupted', errorFields(thrown))
    return 'again' as const
  })
  if (Date.now() < lookBy) await sendDueAlerts(ctx)
  if (outcome === 'again') throw new TooManyRequestsError('deliver this event again')
  await sweepSometimes(ctx, engine, event.compact)
}

/** VTEX's broadcaster notifies that a SKU changed. Responds 429 if that was not saved. */
export async function skuChanged(ctx: Context): Promise<void> {
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
async function maintainAccount(ctx: Context): Promise<void> {
  await servicesOf(ctx).recoverAbandonedRun()
  if (!isDue(ctx.vtex, Date.now())) return
  await reconcileSchedules(ctx)
  await sendDueAlerts(ctx)
}

const named = z.object({ id: z.string() })
/** VTEX documents no body; both forms were seen. */
const setupSchema = z.union([z.object({ to: named }).transform(({ to }) => to), named])

/** VTEX may send events of other apps too. */
const isOfThisApp = (body: unknown) =>
  setupSchema.safeParse(body).data?.id.startsWith(`${appName()}@`) === true

/** After an installation, registers the schedules (an uninstallation may have removed their entries) and creates the template of mails. */
export async function appInstalled(ctx: Context): Promise<void> {
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
