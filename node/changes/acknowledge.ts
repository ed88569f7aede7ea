import { INDEX_LAG_MS } from '../common/freshness'
import { type Change, ChangeSet, type ChangesIo, changesPath, listChanges } from './changeLog'
import { firstToMove, MOST_SKUS, moveChanges } from './compactChanges'
import { MOST_TAKEN } from './pendingChanges'

/** After so many failures a SKU needs manual action; exports of everything still try. */
export const MOST_ATTEMPTS = 10

/** What an update that ended did with its pending changes. */
export interface Acknowledged {
  exportId: string
  /** The documents that it took. */
  paths: readonly string[]
  /** SKUs that could not be read. */
  failed: ReadonlySet<number>
  /** SKUs that nobody vouched for. */
  unverified: ReadonlySet<number>
  /** SKUs that VTEX does not know. Of those that are unverified, there is nothing to be done about them, ever. */
  unknown: ReadonlySet<number>
  /** When its reading began, UTC milliseconds. */
  startedAt: number
}

/**
 * Moves what an update exported from the pending changes to the change log, some documents at a time. What is to be
 * read once more stays pending: SKUs that failed, and those of which VTEX's index may not have shown yet how they
 * changed. Done again after a death in between, it goes on with the documents that are left; SKUs may be read once
 * more than needed, and none is lost.
 * @returns the SKUs that failed too often to be tried again
 * @throws {StateError}
 */
export async function acknowledge(
  io: ChangesIo,
  { exportId, paths, failed, unverified, unknown, startedAt }: Acknowledged
): Promise<Set<number>> {
  const attemptsOf = ({ skuId, attempts = 0 }: Change) => (failed.has(skuId) ? attempts + 1 : 0)
  const isRetried = (change: Change) =>
    failed.has(change.skuId) && attemptsOf(change) < MOST_ATTEMPTS
  const isUnsettled = ({ modifiedAt }: Change) => modifiedAt + INDEX_LAG_MS > startedAt
  const savePending = (changes: readonly Change[], nonce: string, until: number) =>
    new ChangeSet(changes).save(io.documents, 'pending', nonce, MOST_SKUS.pending, until)
  const unreported = new Set(failed)
  const tooOften = new Set<number>()
  const taken = new Set(paths)
  const listed = taken.size > 0 ? await listChanges(io, 'pending', '', MOST_TAKEN) : []
  for (let left = listed.filter((name) => taken.has(changesPath(name))); left.length > 0; ) {
    const names = firstToMove(left)
    await moveChanges(io, {
      ...{ names, from: 'pending', to: 'changes' },
      before: async (moved, nonce, until) => {
        for (const change of moved.changes) {
          unreported.delete(change.skuId)
          if (attemptsOf(change) >= MOST_ATTEMPTS) tooOften.add(change.skuId)
        }
        moved.takeOut(({ skuId }) => unverified.has(skuId) && unknown.has(skuId))
        const staying = moved.takeOut((change) => isRetried(change) || isUnsettled(change))
        const counted = staying.map((change) => {
          if (isRetried(change)) return { ...change, attempts: attemptsOf(change) }
          return { ...change, attempts: 0, notBefore: change.modifiedAt + INDEX_LAG_MS }
        })
        await savePending(counted, `${exportId}.${nonce}`, until)
      },
    })
    left = left.slice(names.length)
  }
  const others = [...unreported].map((skuId) => {
    return { skuId, at: startedAt, modifiedAt: 0, attempts: 1 }
  })
  await savePending(others, exportId, startedAt)
  return tooOften
}
