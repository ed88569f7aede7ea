import { type EventContext, TooManyRequestsError } from '@vtex/api'
import { z } from 'zod'
import { compactChanges } from '../changes/compactChanges'
import type { Clients } from '../clients'
import { realClock } from '../common/clock'
import { describe } from '../common/errors'
import { atMostEvery } from '../common/perAccount'
import type { Engine, WorkEvent } from '../exports/engine'
import { sweep } from '../exports/retention'
import { work } from '../exports/work'
import { engineOf, reconcileSchedules } from '../services'

const eventSchema = z.object({
  v: z.literal(1),
  id: z.string(),
  compact: z.boolean().optional(),
})

const maySweep = atMostEvery(3_600_000)

async function sweepSometimes(
  { vtex }: EventContext<Clients>,
  engine: Engine,
  { compact = false }: WorkEvent
) {
  const { documents, clock, log, wake } = engine
  const isTime = maySweep(vtex, clock.now())
  if (!isTime && !compact) return
  try {
    const removed = isTime ? await sweep(documents, clock.now()) : 0
    if (removed > 0) log.info('documents.removed', { removed })
    const isLeft = await compactChanges(engine)
    // Where exports wait, an event is on its way already.
    if (isLeft && (await documents.list('exports')).length === 0) {
      await wake({ v: 1, id: clock.uniqueId(), compact: true })
    }
  } catch (thrown) {
    log.warn('documents.notRemoved', { reason: describe(thrown).message })
  }
}

async function verdictOf(engine: Engine, event: WorkEvent) {
  try {
    return await work(engine, event)
  } catch (thrown) {
    const { code, message } = describe(thrown)
    engine.log.error('run.interrupted', { code, reason: message })
    return 'again'
  }
}

/**
 * Handles an event of ours. Returning acknowledges it; a 429 asks courier to deliver it again, which is
 * right whenever this run did not see the line to its end and could not ask for another.
 */
export async function runWorker(ctx: EventContext<Clients>): Promise<void> {
  const engine = engineOf(ctx)
  await reconcileSchedules(ctx)
  // Another version's event still means that there is work.
  const event: WorkEvent = eventSchema.safeParse(ctx.body).data ?? {
    v: 1,
    id: realClock.uniqueId(),
  }
  const verdict = await verdictOf(engine, event)
  if (verdict === 'done') await sweepSometimes(ctx, engine, event)
  if (verdict === 'again') throw new TooManyRequestsError('deliver this event again')
}
