import { INDEX_LAG_MS } from '../common/freshness'
import { type Change, ChangeSet, type ChangesIo, changesPath, listChanges } from './changeLog'
import { firstToMove, MOST_SKUS, moveChanges } from './compactChanges'
import { MOST_TAKEN } from './pendingChanges'

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
 * Moves exported changes from the pending changes to the change log, some documents at a time.
 * Failed SKUs stay pending, and so do those whose change VTEX's index may not have shown yet. After
 * a crash, call it again: it continues with the documents that are left. A SKU may then be read
 * twice; none is lost.
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
    new ChangeSet(changes).save(io.documents, 'pending', uniqueId, MOST_SKUS.pending, until)
  const unreported = new Set(failed)
  const abandoned = new Set<number>()
  const before = async (moved: ChangeSet, uniqueId: string, until: number) => {
    for (const change of moved.changes) {
      unreported.delete(change.skuId)
      const isOver = attemptsOf(change) >= MOST_ATTEMPTS
      if (isOver && failed.has(change.skuId)) abandoned.add(change.skuId)
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
  const listed = taken.size > 0 ? await listChanges(io, 'pending', '', MOST_TAKEN) : []
  for (let left = listed.filter((name) => taken.has(changesPath(name))); left.length > 0; ) {
    const names = firstToMove(left)
    await moveChanges(io, { names, from: 'pending', to: 'changes', before })
    left = left.slice(names.length)
  }
  const others = [...unreported].map((skuId) => {
    return { skuId, at: startedAt, modifiedAt: 0, attempts: 1 }
  })
  await savePending(others, exportId, startedAt)
  return abandoned
}
