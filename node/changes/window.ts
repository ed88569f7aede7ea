import type { Documents } from '../state/documents'
import { readAhead } from '../state/readAhead'
import { type Change, listLog, readLog } from './log'
import type { LogName } from './names'
import { listPending, readAllPending } from './pending'
import { type UnverifiedIds, unverifiedIn } from './unverified'

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

/** Changes of one kind. */
interface Batch {
  kind: LogName['kind']
  changes: readonly Change[]
  /** SKUs that are unverified as far as this batch says; what the log has was read since. */
  unverified?: ReadonlySet<number>
}

const NONE: ReadonlySet<number> = new Set()

/**
 * The changes that were reported from a moment on, in batches; a change may come twice. First what is
 * pending, then the log: what moves meanwhile is seen at least once.
 * @throws {StateError}
 */
async function* changesSince(
  documents: Documents,
  begins: Begins,
  now: number
): AsyncGenerator<Batch> {
  const { stock, modified } = begins
  const first = Math.min(stock, modified)
  // A group that tells of modified SKUs may tell of others too.
  const beginOf = { stock, modified: first, carried: NEVER }
  const pending = (await listPending(documents)).filter(({ kind, at }) => at >= beginOf[kind])
  for await (const found of readAllPending(documents, pending)) {
    if (!found || !('group' in found)) continue
    const { group, name } = found
    const unverified = unverifiedIn(found)
    const changesOf = (skuIds: readonly number[]) => skuIds.map((skuId) => ({ skuId, at: name.at }))
    if (name.at >= stock) yield { kind: 'stock', changes: changesOf(group.stock), unverified }
    if (name.at >= modified) {
      yield { kind: 'modified', changes: changesOf(group.modified), unverified }
    }
  }
  const logged = (await listLog(documents, first, now)).filter(
    ({ kind, last }) => last >= begins[kind]
  )
  const readAsked = async (name: LogName): Promise<Batch> => ({
    kind: name.kind,
    changes: (await readLog(documents, name)).filter(({ at }) => at >= begins[name.kind]),
  })
  yield* readAhead(logged, readAsked)
}

/**
 * The SKUs that changed from a moment on, in batches; one may come twice. Exact, but for what was being
 * saved at that moment; a SKU that was modified is among them as long as the catalog's index lags.
 * @param from UTC milliseconds
 * @param noted is told of all of them, and which are unverified
 * @throws {StateError}
 */
export async function* skusChangedSince(
  documents: Documents,
  from: number,
  now: number,
  noted: UnverifiedIds
): AsyncGenerator<number[]> {
  const stock = from - SAVING_MS
  const begins = { stock, modified: stock - INDEX_LAG_MS }
  for await (const { changes, unverified = NONE } of changesSince(documents, begins, now)) {
    const skuIds = ids(changes)
    noted.note(skuIds, unverified)
    yield skuIds
  }
}

const ids = (changes: readonly Change[]) => changes.map(({ skuId }) => skuId)

/** When SKUs were last reported, UTC milliseconds, by SKU; undefined where there are too many to be told apart. */
type Last = ReadonlyMap<number, number> | undefined

/**
 * When SKUs were last modified themselves, and when anything of them last changed, each from a moment on.
 * @param most so many SKUs at most, of each
 * @throws {StateError}
 */
export async function lastReported(
  documents: Documents,
  since: { modified: number; changed: number },
  now: number,
  most: number
): Promise<{ modified: Last; changed: Last }> {
  const begins = {
    stock: since.changed - SAVING_MS,
    modified: Math.min(since.modified, since.changed) - SAVING_MS,
  }
  const modified = new Latest(most)
  const changed = new Latest(most)
  for await (const { kind, changes } of changesSince(documents, begins, now)) {
    if (kind === 'modified') modified.add(changes, since.modified - SAVING_MS)
    changed.add(changes, since.changed - SAVING_MS)
  }
  return { modified: modified.known, changed: changed.known }
}

/** When the SKUs that were modified from a moment on last were. @throws {StateError} */
export const modifiedSince = async (
  documents: Documents,
  from: number,
  now: number,
  most: number
): Promise<Last> =>
  (await lastReported(documents, { modified: from, changed: NEVER }, now, most)).modified

class Latest {
  known: Map<number, number> | undefined = new Map()

  constructor(private readonly most: number) {}

  add(changes: readonly Change[], from: number) {
    const { known } = this
    if (!known) return
    for (const { skuId, at } of changes) {
      if (at >= from) known.set(skuId, Math.max(at, known.get(skuId) ?? 0))
    }
    if (known.size > this.most) this.known = undefined
  }
}
