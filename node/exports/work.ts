import { Lease } from '../state/lease'
import type { Engine, WorkEvent } from './engine'
import { Run } from './run'

const FIRST_SLICE_MS = 4_000
/** Workers that die often still get on, since they begin small. */
const SLICE_AFTER_DEATH_MS = 500

/**
 * Handles one event of ours: works on the line as long as a run may last, then asks for the next.
 * @param patience milliseconds that it waits for the line while another worker has it
 * @returns `done` when the event may be acknowledged: its successor was accepted or the line was seen
 *   empty; `again` when another worker has the line, and courier is to deliver the event once more
 * @throws {StateError} and what courier throws: the event is to be delivered once more
 */
export async function work(
  engine: Engine,
  event: WorkEvent,
  patience = 0
): Promise<'done' | 'again'> {
  const lease = await Lease.await(engine.documents, engine.clock, event.id, patience)
  if (!lease) return 'again'
  const slice = lease.afterDeath ? SLICE_AFTER_DEATH_MS : (lease.legacy.slice ?? FIRST_SLICE_MS)
  engine.log.info('run.began', { afterDeath: lease.afterDeath, slice })
  const run = new Run(engine, lease, slice)
  try {
    await run.start()
    await run.work()
  } finally {
    await run.close()
  }
  if (await run.leftNothing()) return 'done'
  await engine.wake({ v: 1, id: engine.clock.nonce() })
  return 'done'
}
