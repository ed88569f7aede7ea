import { createHash } from 'node:crypto'
import { groupBy } from 'ramda'
import { dayOf } from '../common/clock'
import { forEachConcurrently } from '../common/concurrency'
import { INDEX_LAG_MS } from '../common/freshness'
import {
  type Change,
  type ChangesFolder,
  type ChangesIo,
  type ChangesName,
  changesSince,
  listChanges,
  MOST_SKUS,
  merged,
  readChanges,
  saveChanges,
} from './changeLog'

/** Limits of one update; about, for the SKUs. Later updates take the others. */
export const MOST_TAKEN = 5_000
const MOST_TAKEN_SKUS = 500_000

/** Names of the pending changes that an update takes, oldest first. */
export const namesTaken = (io: ChangesIo): Promise<ChangesName[]> =>
  listChanges(io, 'pending', MOST_TAKEN)

/** Yields the pending changes that an update takes, by document. @param startedAt when it began, UTC milliseconds */
export async function* takePending(io: ChangesIo, startedAt: number) {
  let taken = 0
  for await (const { name, changes } of readChanges(io, 'pending', await namesTaken(io))) {
    const due = (changes ?? []).filter(({ notBefore = 0 }) => notBefore <= startedAt)
    if (due.length === 0) continue
    yield { changes: due, path: name.path }
    taken += due.length
    if (taken >= MOST_TAKEN_SKUS) return
  }
}

/** Names of all pending changes; undefined if they are so many that only updates should read them. */
export async function backlogOf(io: ChangesIo): Promise<ChangesName[] | undefined> {
  const backlog = await listChanges(io, 'pending', MOST_TAKEN + 1)
  return backlog.length > MOST_TAKEN ? undefined : backlog
}

/** Collects unverified SKU ids: those that only unauthenticated requests reported. */
export class UnverifiedIds {
  private readonly noted = new Map<number, boolean>()

  /** Returns the SKU ids of all the changes. */
  note(changes: ReadonlyArray<Pick<Change, 'skuId' | 'unverified'>>): number[] {
    for (const { skuId, unverified = false } of changes) {
      this.noted.set(skuId, unverified && this.noted.get(skuId) !== false)
    }
    return changes.map(({ skuId }) => skuId)
  }

  /** Unsorted, each once. */
  get ids(): number[] {
    return [...this.noted].flatMap(([skuId, isUnverified]) => (isUnverified ? skuId : []))
  }
}

/**
 * Yields, in batches, the ids of SKUs reported changed since `from` (UTC milliseconds); an id may come twice. A SKU that
 * itself changed is included for as long as VTEX's index lags.
 * @param noted collects all ids, and which of them are unverified
 */
export async function* skusChangedSince(
  io: ChangesIo,
  from: number,
  noted: UnverifiedIds
): AsyncGenerator<number[]> {
  for await (const changes of changesSince(io, { changed: from, modified: from - INDEX_LAG_MS })) {
    yield noted.note(changes)
  }
}

/** After this many failed attempts a SKU needs manual action; full exports still try. */
export const MOST_ATTEMPTS = 10

/** What an update that ended did with its pending changes. */
export interface Acknowledged {
  exportId: string
  /** The documents that it took. */
  paths: readonly string[]
  /** SKUs that could not be read, or not imported. */
  failed: ReadonlySet<number>
  /** Failed SKUs that were read, and that Intershop did not import: it is not they that fail. */
  unimported?: ReadonlySet<number>
  /** SKUs that only unauthenticated requests reported. */
  unverified: ReadonlySet<number>
  /** SKUs that VTEX does not know. Those that are unverified too are dropped; the others are read some more times. */
  unknown: ReadonlySet<number>
  /** When its reading began, UTC milliseconds. */
  startedAt: number
}

/**
 * Moves exported changes from the pending changes to the change log, some documents at a time. Failed SKUs stay
 * pending, and so do those whose change VTEX's index may not have shown yet. After a crash, call it again: it continues
 * with the documents that are left. A SKU may then be read twice; none is lost.
 * @returns SKU ids that failed {@link MOST_ATTEMPTS} times and are not retried
 */
export async function acknowledge(
  io: ChangesIo,
  { exportId, paths, failed, unimported, unverified, unknown, startedAt }: Acknowledged
): Promise<Set<number>> {
  const unreported = new Set(failed)
  const abandoned = new Set<number>()
  /** What stays pending of a change. */
  const stayingOf = (change: Change): Change | undefined => {
    const { skuId, attempts = 0, modifiedAt } = change
    const isMissed = failed.has(skuId) || unknown.has(skuId)
    const made = unimported?.has(skuId) ? attempts : attempts + 1
    if (isMissed && made < MOST_ATTEMPTS) return { ...change, attempts: made }
    if (failed.has(skuId)) abandoned.add(skuId)
    const notBefore = modifiedAt + INDEX_LAG_MS
    return notBefore > startedAt ? { ...change, attempts: 0, notBefore } : undefined
  }
  const leave = async (changes: readonly Change[], uniqueId: string, until: number) => {
    const staying: Change[] = []
    const exported: Change[] = []
    for (const change of changes) {
      const { skuId } = change
      unreported.delete(skuId)
      const left = stayingOf(change)
      if (unverified.has(skuId) && unknown.has(skuId)) continue
      if (left) staying.push(left)
      else exported.push(change)
    }
    await saveChanges(io.documents, 'pending', `${exportId}.${uniqueId}`, staying, until)
    return exported
  }
  const taken = new Set(paths)
  const listed = taken.size > 0 ? await namesTaken(io) : []
  for (let left = listed.filter(({ path }) => taken.has(path)); left.length > 0; ) {
    const names = firstToMove(left)
    await moveChanges(io, names, 'pending', 'changes', leave)
    left = left.slice(names.length)
  }
  const unseen = { at: startedAt, modifiedAt: 0, attempts: 1 }
  const others = [...unreported].map((skuId) => ({ skuId, ...unseen }))
  await saveChanges(io.documents, 'pending', exportId, others, startedAt)
  return abandoned
}

/** Younger pending changes are left to updates. */
const BACKLOG_MS = 3_600_000
const MOST_MOVES = 4

/**
 * Merges documents of the change log by day, and old pending changes, into few. Takes some seconds at a time. It does
 * no harm if it is interrupted, repeated, or runs twice at once.
 * @returns whether there is more to do
 */
export async function compactChanges(io: ChangesIo): Promise<boolean> {
  const before = io.clock.now() - BACKLOG_MS
  const backlog = (await namesTaken(io)).filter(({ last }) => last < before)
  const days = groupBy(({ last }) => dayOf(last), await listChanges(io, 'changes'))
  const logs = Object.values(days).map((names = []) => ['changes', names] as const)
  let moves = 0
  for (const [folder, names] of [['pending', backlog] as const, ...logs]) {
    // Any two documents that are less than half full fit into one: so this ends.
    const small = names.filter(({ count }) => count < MOST_SKUS[folder] / 2)
    const first = firstToMove(small)
    if (first.length < 2) continue
    const moved = await moveChanges(io, first, folder, folder)
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
const REMOVED_AT_A_TIME = 16

/** The first of `names`: as many as one move takes. */
function firstToMove(names: readonly ChangesName[]): ChangesName[] {
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
 * @param leave takes id and last time of the new names; saves what is not moved, and returns the other changes
 * @returns how many documents were removed
 */
async function moveChanges(
  io: ChangesIo,
  names: readonly ChangesName[],
  from: ChangesFolder,
  to: ChangesFolder,
  leave = async (changes: readonly Change[], _uniqueId: string, _until: number) => changes
): Promise<number> {
  const found: Change[] = []
  const paths: string[] = []
  let until = 0
  for await (const { name, changes } of readChanges(io, from, names)) {
    if (!changes) continue
    for (const change of changes) found.push(change)
    paths.push(name.path)
    until = Math.max(until, name.last)
  }
  // Merging a single one would only rename it.
  if (paths.length < (from === to ? 2 : 1)) return 0
  // Two workers that merge the same documents save the same ones.
  const uniqueId = createHash('sha256').update(paths.join()).digest('hex').slice(0, 16)
  await saveChanges(io.documents, to, uniqueId, await leave(merged(found), uniqueId, until), until)
  await io.clock.sleep(VISIBLE_AFTER_MS)
  await forEachConcurrently(paths, REMOVED_AT_A_TIME, (path) => io.documents.remove(from, path))
  return paths.length
}
