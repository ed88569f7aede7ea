import type { Documents } from '../state/documents'
import { readAhead } from '../state/readAhead'
import { type Change, listLog, readLog } from './log'
import { listPending, readPending } from './pending'

/**
 * VTEX catalog: its index lags up to ten minutes. What is read of a SKU sooner after it was modified may be
 * what it was before, so it counts as modified for so long.
 */
export const INDEX_LAG_MS = 15 * 60_000
/** A group of changes is named before it is saved, which may take so long. */
const SAVING_MS = 15_000

/**
 * The changes that were reported from a moment on, in batches; a change may come twice. First what is
 * pending, then the log: what moves meanwhile is seen at least once.
 * @throws {StateError}
 */
async function* changesSince(
  documents: Documents,
  kind: 'stock' | 'modified',
  from: number,
  now: number
): AsyncGenerator<Change[]> {
  const pending = (await listPending(documents))
    .filter(({ at }) => at >= from)
    .filter((name) => name.kind === 'modified' || name.kind === kind)
  for await (const found of readAhead(pending, (name) => readPending(documents, name))) {
    if (!found || !('group' in found)) continue
    yield found.group[kind].map((skuId) => ({ skuId, at: found.name.at }))
  }
  const logged = (await listLog(documents, from, now)).filter((name) => name.kind === kind)
  for await (const changes of readAhead(logged, (name) => readLog(documents, name))) {
    yield changes.filter(({ at }) => at >= from)
  }
}

/**
 * The SKUs that changed from a moment on, in batches; one may come twice. Exact, but for what was being
 * saved at that moment; a SKU that was modified is among them as long as the catalog's index lags.
 * @param from UTC milliseconds
 * @throws {StateError}
 */
export async function* skusChangedSince(
  documents: Documents,
  from: number,
  now: number
): AsyncGenerator<number[]> {
  const begin = from - SAVING_MS
  for await (const batch of changesSince(documents, 'stock', begin, now)) yield ids(batch)
  const modified = begin - INDEX_LAG_MS
  for await (const batch of changesSince(documents, 'modified', modified, now)) yield ids(batch)
}

const ids = (changes: readonly Change[]) => changes.map(({ skuId }) => skuId)

/**
 * When the SKUs that were modified from a moment on last were.
 * @param most so many SKUs at most: undefined where there are more
 * @throws {StateError}
 */
export async function modifiedSince(
  documents: Documents,
  from: number,
  now: number,
  most: number
): Promise<Map<number, number> | undefined> {
  const last = new Map<number, number>()
  for await (const batch of changesSince(documents, 'modified', from - SAVING_MS, now)) {
    for (const { skuId, at } of batch) last.set(skuId, Math.max(at, last.get(skuId) ?? 0))
    if (last.size > most) return undefined
  }
  return last
}
