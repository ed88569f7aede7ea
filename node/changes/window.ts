import type { Documents } from '../state/documents'
import { readAhead } from '../state/readAhead'
import { type Change, listLog, readLog } from './log'
import type { LogName } from './names'
import { listPending, readPending } from './pending'

/**
 * VTEX catalog: its index lags up to ten minutes. What is read of a SKU sooner after it was modified may be
 * what it was before, so it counts as modified for so long.
 */
export const INDEX_LAG_MS = 15 * 60_000
/** A group of changes is named before it is saved, which may take so long. */
const SAVING_MS = 15_000
const NEVER = Number.POSITIVE_INFINITY

/** From when on changes of each kind are asked for, UTC milliseconds. */
type Begins = Record<LogName['kind'], number>

/**
 * The changes that were reported from a moment on, in batches; a change may come twice. First what is
 * pending, then the log: what moves meanwhile is seen at least once.
 * @throws {StateError}
 */
async function* changesSince(
  documents: Documents,
  begins: Begins,
  now: number
): AsyncGenerator<Change[]> {
  const { stock, modified } = begins
  const first = Math.min(stock, modified)
  // A group that tells of modified SKUs may tell of others too.
  const beginOf = { stock, modified: first, carried: NEVER }
  const pending = (await listPending(documents)).filter(({ kind, at }) => at >= beginOf[kind])
  for await (const found of readAhead(pending, (name) => readPending(documents, name))) {
    if (!found || !('group' in found)) continue
    const { group, name } = found
    if (name.at >= stock) yield group.stock.map((skuId) => ({ skuId, at: name.at }))
    if (name.at >= modified) yield group.modified.map((skuId) => ({ skuId, at: name.at }))
  }
  const logged = (await listLog(documents, first, now)).filter(
    ({ kind, last }) => last >= begins[kind]
  )
  const readAsked = async (name: LogName) =>
    (await readLog(documents, name)).filter(({ at }) => at >= begins[name.kind])
  yield* readAhead(logged, readAsked)
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
  const stock = from - SAVING_MS
  const begins = { stock, modified: stock - INDEX_LAG_MS }
  for await (const batch of changesSince(documents, begins, now)) yield ids(batch)
}

const ids = (changes: readonly Change[]) => changes.map(({ skuId }) => skuId)

/**
 * When the SKUs that were modified from a moment on last were.
 * @param most so many SKUs at most: undefined where there are more
 * @throws {StateError}
 */
export const modifiedSince = (documents: Documents, from: number, now: number, most: number) =>
  lastOf(documents, { stock: NEVER, modified: from - SAVING_MS }, now, most)

/** Likewise, when any change of a SKU was last reported. @throws {StateError} */
export const reportedSince = (documents: Documents, from: number, now: number, most: number) =>
  lastOf(documents, { stock: from - SAVING_MS, modified: from - SAVING_MS }, now, most)

async function lastOf(
  documents: Documents,
  begins: Begins,
  now: number,
  most: number
): Promise<Map<number, number> | undefined> {
  const last = new Map<number, number>()
  for await (const batch of changesSince(documents, begins, now)) {
    for (const { skuId, at } of batch) last.set(skuId, Math.max(at, last.get(skuId) ?? 0))
    if (last.size > most) return undefined
  }
  return last
}
