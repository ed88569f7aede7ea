import { Lease } from '../state/lease'
import type { Engine, WorkEvent } from './engine'
import { Run } from './run'

const FIRST_SLICE_MS = 4_000
/** Workers that die often still get on, since they begin small. */
const SLICE_AFTER_DEATH_MS = 500

/** How long an event stays, and who is to know when it is about to go. */
export interface Attendance {
  /** Milliseconds that it waits for the line while another worker has it. */
  patience?: number
  /** Called before its last look at the line, or at the worker that has it: later arrivals need another event. */
  leaving?(): void
}

/**
 * Handles one event of ours: works on the line as long as a run may last, then asks for the next.
 * @returns `done` when the event may be acknowledged: its successor was accepted, the line was seen empty, or
 *   another worker is at work for another event, which then is not acknowledged; `again` when courier is to
 *   deliver the event once more
 * @throws {StateError} and what courier throws: the event is to be delivered once more
 */
export async function work(
  engine: Engine,
  event: WorkEvent,
  { patience = 0, leaving = () => undefined }: Attendance = {}
): Promise<'done' | 'again'> {
  const { documents, clock } = engine
  const lease = await Lease.await(documents, clock, event.id, patience)
  if (!lease) {
    leaving()
    const isNeeded = patience === 0 || !(await Lease.isRenewed(documents, clock, event.id))
    return isNeeded ? 'again' : 'done'
  }
  const slice = lease.afterDeath ? SLICE_AFTER_DEATH_MS : (lease.legacy.slice ?? FIRST_SLICE_MS)
  engine.log.info('run.began', { afterDeath: lease.afterDeath, slice })
  const run = new Run(engine, lease, slice)
  try {
    await run.start()
    await run.work()
  } finally {
    await run.close()
  }
  leaving()
  if (await run.leftNothing()) return 'done'
  await engine.wake({ v: 1, id: engine.clock.nonce() })
  return 'done'
}
