import { Lease } from '../state/lease'
import type { Engine, WorkEvent } from './engine'
import { Run, SHORTEST_SLICE_MS } from './run'

const FIRST_SLICE_MS = 4_000

/**
 * Handles one event of ours: works on the line as long as a run may last, then asks for the next.
 * @returns `done` when the event may be acknowledged: its successor was accepted, the line was seen empty, or
 *   another worker will see what this event is about; `again` when courier is to deliver the event once more
 * @throws {StateError} and what courier throws: the event is to be delivered once more
 */
export async function work(engine: Engine, event: WorkEvent): Promise<'done' | 'again'> {
  const { documents, clock } = engine
  const arrivedAt = clock.now()
  const lease = await Lease.await(documents, clock, event.id)
  if (lease === 'held') return 'done'
  if (lease === 'again') return 'again'
  const slice = lease.previousOwnerDied
    ? SHORTEST_SLICE_MS
    : (lease.handover.slice ?? FIRST_SLICE_MS)
  engine.log.info('run.started', { previousOwnerDied: lease.previousOwnerDied, batchMs: slice })
  const run = new Run(engine, lease, slice, arrivedAt)
  try {
    await run.start()
    await run.work()
  } finally {
    await run.close()
  }
  if (await run.leftNothing()) return 'done'
  await engine.wake({ v: 1, id: engine.clock.uniqueId() })
  return 'done'
}
