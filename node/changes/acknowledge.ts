import { partition } from 'ramda'

import { INDEX_LAG_MS } from '../sources/ageing'
import { type ChangesIo, listChanges } from './changeDocuments'
import { firstToMove, moveChanges, removeAll } from './move'
import { type ChangesName, changesPath } from './names'
import { isRetry, MOST_TAKEN, type Retry, readRetries, saveRetries } from './pending'

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
 * Moves what an update exported from the pending changes to the change log, some documents at a time: what is to be
 * read once more becomes pending before its documents are removed. Done again after a death in between, it goes on
 * with the documents that are left; SKUs may be read once more than needed, and none is lost.
 * @returns the SKUs that failed too often to be tried again
 * @throws {StateError}
 */
export async function acknowledge(
  io: ChangesIo,
  { exportId, paths, failed, unverified, unknown, startedAt }: Acknowledged
): Promise<Set<number>> {
  if (paths.length === 0 && failed.size === 0) return new Set()
  const taken = new Set(paths)
  const listed = await listChanges(io, 'pending', '', MOST_TAKEN)
  const left = listed.filter((name) => taken.has(changesPath(name)))
  const [retries, changed] = partition(isRetry, left)
  const attempts = await attemptsOf(io, failed, retries)
  const retried = attempts.filter((each) => each.attempts < MOST_ATTEMPTS)
  const marked = (skus: readonly Retry[]) =>
    skus.map((sku) => ({ ...sku, ...(unverified.has(sku.skuId) && { unverified: true as const }) }))
  await saveRetries(io, startedAt, exportId, marked(retried))
  for (let rest = changed; rest.length > 0; ) {
    const names = firstToMove(rest)
    await moveChanges(io, {
      ...{ names, from: 'pending', to: 'changes' },
      before: async (moved, nonce) => {
        moved.drop((skuId) => unverified.has(skuId) && unknown.has(skuId))
        const { changes } = moved
        // VTEX's index may not have shown yet how these changed.
        const unsettled = changes.filter(({ modifiedAt }) => modifiedAt + INDEX_LAG_MS > startedAt)
        const skus = unsettled.map(({ skuId }) => ({ skuId, attempts: 0 }))
        await saveRetries(io, startedAt + INDEX_LAG_MS, `${exportId}.${nonce}`, marked(skus))
      },
    })
    rest = rest.slice(names.length)
  }
  // Last, since attempts are counted by them.
  await removeAll(io, 'pending', retries.map(changesPath))
  const tooOften = attempts.filter((each) => each.attempts >= MOST_ATTEMPTS)
  return new Set(tooOften.map(({ skuId }) => skuId))
}

/** How often SKUs failed: what failed now and failed before has failed once more. */
async function attemptsOf(
  io: ChangesIo,
  failed: ReadonlySet<number>,
  retries: readonly ChangesName[]
): Promise<Retry[]> {
  const attempts = new Map([...failed].map((skuId) => [skuId, 1]))
  if (failed.size === 0) return []
  for await (const { skus = [] } of readRetries(io, retries)) {
    for (const { skuId, attempts: before } of skus) {
      const made = attempts.get(skuId)
      if (made !== undefined) attempts.set(skuId, Math.max(made, before + 1))
    }
  }
  return [...attempts].map(([skuId, made]) => ({ skuId, attempts: made }))
}
