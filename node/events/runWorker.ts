import { type EventContext, TooManyRequestsError } from '@vtex/api'
import { z } from 'zod'
import { removeOutdatedAlerts } from '../alerts/sendAlerts'
import { compactChanges } from '../changes/pendingChanges'
import type { Clients } from '../clients'
import { realClock } from '../common/clock'
import { describe, errorFields } from '../common/errors'
import { atMostEvery } from '../common/perAccount'
import type { Dependencies, WorkEvent } from '../exports/engine'
import { removeOldDocuments } from '../exports/retention'
import { work } from '../exports/worker'
import { engineOf, reconcileSchedules, sendDueAlerts } from '../services'

const eventSchema = z.object({ v: z.literal(1), id: z.string(), compact: z.boolean().optional() })

const maySweep = atMostEvery(3_600_000)

/** Removes outdated documents once an hour, and compacts changes. Never fails. */
async function sweepSometimes(
  { vtex }: EventContext<Clients>,
  engine: Dependencies,
  { compact = false }: WorkEvent
) {
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
const LOOK_BY_MS = 44_000

/** A 429 makes courier deliver the event again: whenever this run neither emptied the queue nor sent another event. */
export async function runWorker(ctx: EventContext<Clients>): Promise<void> {
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
  await sweepSometimes(ctx, engine, event)
}
