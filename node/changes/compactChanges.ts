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
  readChanges,
} from './changeLog'

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

/** So much is moved between two saves: a few seconds of calls, and some megabytes. */
const MOST_DOCUMENTS = 1_000
const MOST_CHANGES = 100_000
/** Whoever sees that a change has left its place must see it in the new one. */
export const VISIBLE_AFTER_MS = 1_500

/** SKUs in one document of a folder, at most. */
export const MOST_SKUS: Readonly<Record<ChangesFolder, number>> = {
  pending: 5_000,
  changes: 20_000,
}

export interface Move {
  names: readonly ChangesName[]
  from: ChangesFolder
  to: ChangesFolder
  /** Not worth it for fewer documents. */
  fewest?: number
  /** Told of the changes before anything is saved, and by what they are named; may leave out some. */
  before?: (changes: ChangeSet, nonce: string, until: number) => Promise<void>
}

/** The first of some documents, as many as are moved together. */
export function firstToMove(names: readonly ChangesName[]): ChangesName[] {
  let changes = 0
  const isLeft = names.findIndex(({ count }, index) => {
    changes += count
    return index > 0 && changes > MOST_CHANGES
  })
  return names.slice(0, Math.min(MOST_DOCUMENTS, isLeft === -1 ? names.length : isLeft))
}

/**
 * Merges documents of changes into few: first the merged ones are saved, and only once they are visible the others
 * are removed. A death in between, or a second worker, has changes mentioned twice and loses none.
 * @returns how many documents were removed
 * @throws {StateError}
 */
export async function moveChanges(io: ChangesIo, move: Move): Promise<number> {
  const { names, from, to, fewest = 1, before } = move
  const changes = new ChangeSet()
  const paths: string[] = []
  let until = 0
  for await (const { name, changes: found } of readChanges(io, from, names)) {
    if (!found) continue
    changes.add(found)
    paths.push(changesPath(name))
    until = Math.max(until, name.last)
  }
  if (paths.length < fewest) return 0
  // Whoever merges the same documents saves the same.
  const nonce = createHash('sha256').update(paths.join()).digest('hex').slice(0, 16)
  await before?.(changes, nonce, until)
  await changes.save(io.documents, to, nonce, MOST_SKUS[to], until)
  await io.clock.sleep(VISIBLE_AFTER_MS)
  await removeAll(io, from, paths)
  return paths.length
}

/** @throws {StateError} */
export async function removeAll({ documents }: ChangesIo, folder: ChangesFolder, paths: string[]) {
  for await (const _ of prefetchMany(paths, (path) => documents.remove(folder, path))) {
    // Removed.
  }
}
