import { createHash } from 'node:crypto'
import { groupBy } from 'ramda'
import { dayOf } from '../common/clock'
import { prefetchMany } from '../common/concurrency'
import {
  ChangeSet,
  type ChangesFolder,
  type ChangesIo,
  type ChangesName,
  changesPath,
  listChanges,
  MOST_SKUS,
  readChanges,
} from './changeLog'

/** How long the change log is kept: as long as a window may reach back, and a day more. */
export const LOG_DAYS = 31

/** Younger pending changes are left to updates. */
const BACKLOG_MS = 3_600_000
const MOST_LISTED = 5_000
const MOST_MOVES = 4

/**
 * Merges documents of the change log by day, and old pending changes, into few. Takes some seconds at a time. It does
 * no harm if it is interrupted, repeated, or runs twice at once.
 * @returns whether there is more to do
 */
export async function compactChanges(io: ChangesIo): Promise<boolean> {
  const before = io.clock.now() - BACKLOG_MS
  const pending = await listChanges(io, 'pending', MOST_LISTED)
  const backlog = pending.filter(({ last }) => last < before)
  const days = groupBy(({ last }) => dayOf(last), await listChanges(io, 'changes'))
  const logs = Object.values(days).map((names = []) => ['changes', names] as const)
  let moves = 0
  for (const [folder, names] of [['pending', backlog] as const, ...logs]) {
    // Any two documents that are less than half full fit into one: so this ends.
    const small = names.filter(({ count }) => count < MOST_SKUS[folder] / 2)
    const first = firstToMove(small)
    if (first.length < 2) continue
    const moved = await moveChanges(io, { names: first, from: folder, to: folder })
    if (moved === 0) continue
    if (first.length < small.length || ++moves === MOST_MOVES) return true
  }
  return false
}

/** Limits of one move: a few seconds of calls, and some megabytes. */
const MOST_DOCUMENTS = 1_000
const MOST_CHANGES = 100_000
/** A reader that no longer finds a change in its old place must find it in the new one. */
const VISIBLE_AFTER_MS = 1_500

interface Move {
  names: readonly ChangesName[]
  from: ChangesFolder
  to: ChangesFolder
  /** Called before saving, with id and last time of the new names; may take out changes. */
  before?: (changes: ChangeSet, uniqueId: string, until: number) => Promise<void>
}

/** The first of `names`: as many as one move takes. */
export function firstToMove(names: readonly ChangesName[]): ChangesName[] {
  let changes = 0
  const isLeft = names.findIndex(({ count }, index) => {
    changes += count
    return index > 0 && changes > MOST_CHANGES
  })
  return names.slice(0, Math.min(MOST_DOCUMENTS, isLeft === -1 ? names.length : isLeft))
}

/**
 * Merges documents into few: saves the merged ones, and removes the others once the new ones are visible. After a crash
 * in between, or with a second worker, changes are found twice and none is lost.
 * @returns how many documents were removed
 */
export async function moveChanges(io: ChangesIo, move: Move): Promise<number> {
  const { names, from, to, before } = move
  const changes = new ChangeSet()
  const paths: string[] = []
  let until = 0
  for await (const { name, changes: found } of readChanges(io, from, names)) {
    if (!found) continue
    changes.add(found)
    paths.push(changesPath(name))
    until = Math.max(until, name.last)
  }
  // Merging a single one would only rename it.
  if (paths.length < (from === to ? 2 : 1)) return 0
  // Two workers that merge the same documents save the same ones.
  const uniqueId = createHash('sha256').update(paths.join()).digest('hex').slice(0, 16)
  await before?.(changes, uniqueId, until)
  await changes.save(io.documents, to, uniqueId, until)
  await io.clock.sleep(VISIBLE_AFTER_MS)
  for await (const _ of prefetchMany(paths, (path) => io.documents.remove(from, path))) {
    // Removed.
  }
  return paths.length
}
