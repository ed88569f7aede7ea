import { groupBy } from 'ramda'

import { dayOf } from '../exports/clock'
import { type ChangesIo, listChanges } from './changeDocuments'
import { firstToMove, MOST_SKUS, moveChanges } from './move'

/** The change log is kept for as long as a window may reach back, and a day more. */
export const LOG_DAYS = 31

/** Updates take what is younger, where there are any. */
const BACKLOG_MS = 3_600_000
/** More names are not looked at together. */
const MOST_LISTED = 5_000
const MOST_MOVES = 4

/**
 * Merges documents of the change log by day, and pending changes that no update takes, into few. Takes some seconds
 * at a time; done in part, twice, or by two at once, it does no harm.
 * @returns whether there is more to do
 * @throws {StateError}
 */
export async function compactChanges(io: ChangesIo): Promise<boolean> {
  const before = io.clock.now() - BACKLOG_MS
  const pending = await listChanges(io, 'pending', '', MOST_LISTED)
  const backlog = pending.filter(({ last }) => last < before)
  const days = groupBy(({ last }) => dayOf(last), await listChanges(io, 'changes'))
  const heaps = Object.values(days).map((names = []) => ['changes', names] as const)
  let moves = 0
  for (const [folder, names] of [['pending', backlog] as const, ...heaps]) {
    // Of those that are less than half full, any two make one, so that it comes to an end.
    const small = names.filter(({ count }) => count < MOST_SKUS[folder] / 2)
    const first = firstToMove(small)
    if (first.length < 2) continue
    const moved = await moveChanges(io, { names: first, from: folder, to: folder, fewest: 2 })
    if (moved === 0) continue
    if (first.length < small.length || ++moves === MOST_MOVES) return true
  }
  return false
}
