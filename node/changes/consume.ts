import type { Clock } from '../exports/clock'
import type { Documents } from '../state/documents'
import { readFarAhead } from '../state/readAhead'
import { type Change, LogWriter } from './log'
import { type PendingName, pendingPath } from './names'
import { type Carried, type Pending, readAllPending, saveCarried } from './pending'
import { UnverifiedIds, unverifiedIn } from './unverified'
import { INDEX_LAG_MS } from './window'

/** After so many failures it is a person's turn; exports of everything still try. */
export const MOST_ATTEMPTS = 10
/** Whoever sees that a change is not pending any more must see it in the log. */
const VISIBLE_AFTER_MS = 1_500
const MINUTE_MS = 60_000

interface Consuming {
  documents: Documents
  clock: Pick<Clock, 'now' | 'nonce' | 'sleep'>
}

/** What an update that ended did with its changes. */
export interface Consumption {
  /** The documents that it listed. */
  names: readonly PendingName[]
  /** SKUs that could not be read. */
  failed: ReadonlySet<number>
  /** SKUs that were unverified and that VTEX does not know: there is nothing to be done about them, ever. */
  unknown: ReadonlySet<number>
  /** When its reading began, UTC milliseconds. */
  startedAt: number
}

/**
 * Moves what an update exported from pending to the log: first what is to be read once more becomes pending,
 * then the log is written, and only then are the documents removed. Taken again after a death in between, it
 * has SKUs read once more than needed and loses none.
 * @returns the SKUs that failed too often to be tried again
 * @throws {StateError}
 */
export async function consume(
  { documents, clock }: Consuming,
  { names, failed, unknown, startedAt }: Consumption
): Promise<Set<number>> {
  if (names.length === 0 && failed.size === 0) return new Set()
  const nonce = () => clock.nonce()
  const attempts = new Map([...failed].map((skuId) => [skuId, 1]))
  const again = new Map<number, number[]>()
  const logs = {
    stock: new LogWriter(documents, 'stock', nonce),
    modified: new LogWriter(documents, 'modified', nonce),
  }
  const unverified = new UnverifiedIds()
  for await (const all of readAllPending(documents, names)) {
    if (!all) continue
    unverified.noteDocument(all)
    if ('carried' in all) {
      countAttempts(attempts, all.carried)
      continue
    }
    const found = withoutUnknown(all, unknown)
    await logs.stock.add(changesOf(found, 'stock'))
    await logs.modified.add(changesOf(found, 'modified'))
    collectUnsettled(again, found, startedAt)
  }
  const retried = [...attempts].filter(([, made]) => made < MOST_ATTEMPTS)
  await saveCarried(
    documents,
    clock.now(),
    nonce,
    retried.map(([skuId, made]) => carriedOf(skuId, made, unverified))
  )
  for (const [due, ids] of again) {
    const skus = ids.map((skuId) => carriedOf(skuId, 0, unverified))
    await saveCarried(documents, due, nonce, skus)
  }
  await logs.stock.flush()
  await logs.modified.flush()
  await clock.sleep(VISIBLE_AFTER_MS)
  for await (const _ of readFarAhead(names, (name) =>
    documents.remove('pending', pendingPath(name))
  )) {
    // Removed.
  }
  return new Set([...attempts].filter(([, made]) => made >= MOST_ATTEMPTS).map(([skuId]) => skuId))
}

/** What failed now and failed before has failed once more. */
function countAttempts(attempts: Map<number, number>, carried: readonly Carried[]) {
  for (const { skuId, attempts: before } of carried) {
    const made = attempts.get(skuId)
    if (made !== undefined) attempts.set(skuId, Math.max(made, before + 1))
  }
}

const carriedOf = (skuId: number, attempts: number, unverified: UnverifiedIds): Carried => ({
  skuId,
  attempts,
  ...(unverified.has(skuId) && { unverified: true }),
})

/** What VTEX does not know of a group, of the ids that are unverified in it, never was a change. */
function withoutUnknown(found: GroupDocument, unknown: ReadonlySet<number>): GroupDocument {
  const unverified = unverifiedIn(found)
  const isLeft = (skuId: number) => !(unverified.has(skuId) && unknown.has(skuId))
  const { stock, modified } = found.group
  return { ...found, group: { stock: stock.filter(isLeft), modified: modified.filter(isLeft) } }
}

type GroupDocument = Extract<Pending, { group: unknown }>

const changesOf = ({ name, group }: GroupDocument, kind: 'stock' | 'modified'): Change[] =>
  group[kind].map((skuId) => ({ skuId, at: name.at }))

/** What was modified shortly before it was read may have been read as it was before: by the minute when not. */
function collectUnsettled(
  again: Map<number, number[]>,
  { name, group }: GroupDocument,
  startedAt: number
) {
  const settled = name.at + INDEX_LAG_MS
  if (settled <= startedAt || group.modified.length === 0) return
  const due = Math.ceil(settled / MINUTE_MS) * MINUTE_MS
  const ids = again.get(due) ?? []
  again.set(due, ids)
  for (const skuId of group.modified) ids.push(skuId)
}
