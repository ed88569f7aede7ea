import { INDEX_LAG_MS } from '../common/freshness'
import {
  type Change,
  ChangeSet,
  type ChangesIo,
  type ChangesName,
  changesPath,
  listChanges,
  readChanges,
} from './changeLog'
import { firstToMove, moveChanges } from './compactChanges'

/** Limits of one update; about, for the SKUs. Later updates take the others. */
export const MOST_TAKEN = 5_000
const MOST_TAKEN_SKUS = 500_000

/** Names of the pending changes that an update takes, oldest first. */
export const namesTaken = (io: ChangesIo): Promise<ChangesName[]> =>
  listChanges(io, 'pending', MOST_TAKEN)

/**
 * Yields the pending changes that an update takes, by document.
 * @param startedAt when the update began, UTC milliseconds
 */
export async function* takePending(io: ChangesIo, startedAt: number) {
  let taken = 0
  for await (const { name, changes } of readChanges(io, 'pending', await namesTaken(io))) {
    const due = (changes ?? []).filter(({ notBefore = 0 }) => notBefore <= startedAt)
    if (due.length === 0) continue
    yield { changes: due, path: changesPath(name) }
    taken += due.length
    if (taken >= MOST_TAKEN_SKUS) return
  }
}

/** Names of all pending changes; if they are {@link isTooLong}, of the first ones. */
export const backlogOf = (io: ChangesIo): Promise<ChangesName[]> =>
  listChanges(io, 'pending', MOST_TAKEN + 1)

/** True if only updates should read so many documents. */
export const isTooLong = (backlog: readonly ChangesName[]): boolean => backlog.length > MOST_TAKEN

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

  has(skuId: number): boolean {
    return this.noted.get(skuId) === true
  }

  /** Unsorted, each once. */
  get ids(): number[] {
    return [...this.noted.keys()].filter((skuId) => this.has(skuId))
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
  const isMissed = (skuId: number) => failed.has(skuId) || unknown.has(skuId)
  const attemptsOf = ({ skuId, attempts = 0 }: Change) => {
    if (!isMissed(skuId)) return 0
    return unimported?.has(skuId) ? attempts : attempts + 1
  }
  const isRetried = (change: Change) => isMissed(change.skuId) && attemptsOf(change) < MOST_ATTEMPTS
  const isUnsettled = ({ modifiedAt }: Change) => modifiedAt + INDEX_LAG_MS > startedAt
  const savePending = (changes: readonly Change[], uniqueId: string, until: number) =>
    new ChangeSet(changes).save(io.documents, 'pending', uniqueId, until)
  const unreported = new Set(failed)
  const abandoned = new Set<number>()
  const before = async (moved: ChangeSet, uniqueId: string, until: number) => {
    for (const change of moved.changes) {
      const { skuId } = change
      unreported.delete(skuId)
      if (failed.has(skuId) && attemptsOf(change) >= MOST_ATTEMPTS) abandoned.add(skuId)
    }
    moved.takeOut(({ skuId }) => unverified.has(skuId) && unknown.has(skuId))
    const staying = moved.takeOut((change) => isRetried(change) || isUnsettled(change))
    const counted = staying.map((change) =>
      isRetried(change)
        ? { ...change, attempts: attemptsOf(change) }
        : { ...change, attempts: 0, notBefore: change.modifiedAt + INDEX_LAG_MS }
    )
    await savePending(counted, `${exportId}.${uniqueId}`, until)
  }
  const taken = new Set(paths)
  const listed = taken.size > 0 ? await namesTaken(io) : []
  for (let left = listed.filter((name) => taken.has(changesPath(name))); left.length > 0; ) {
    const names = firstToMove(left)
    await moveChanges(io, { names, from: 'pending', to: 'changes', before })
    left = left.slice(names.length)
  }
  const unseen = { at: startedAt, modifiedAt: 0, attempts: 1 }
  const others = [...unreported].map((skuId) => ({ skuId, ...unseen }))
  await savePending(others, exportId, startedAt)
  return abandoned
}
