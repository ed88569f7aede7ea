import pLimit from 'p-limit'
import { MAX_AGE_MS } from '../common/freshness'
import { KitIndex } from '../sources/kits'
import type { ChangesIo, ChangesName } from './changeLog'
import { changesSince } from './changesSince'
import { backlogOf, isTooLong } from './pendingChanges'

const LATE_MS = 3_600_000
/** More SKUs are not told apart: then every SKU counts as reported just now. */
export const MOST_INDEXED = 200_000

/** What was reported of SKUs, and of what kits are made of, lately; UTC milliseconds, 0 where nothing was. */
export interface ChangeIndex {
  /** When a SKU last changed itself, and not only its stock. */
  modifiedAt(skuId: number): number
  /** When anything of it last changed. */
  changedAt(skuId: number): number
  /** When any SKU last changed itself. */
  lastModified: number
}

/**
 * The change index at each call. What is known at the first one is read once, later calls read what is new; so it is
 * for one run, as the time goes on.
 * @throws {StateError}
 */
export function changeIndexOf(io: ChangesIo): () => Promise<ChangeIndex> {
  const begin = io.clock.now() - MAX_AGE_MS
  const modified = new Latest(begin)
  const changed = new Latest(begin)
  const seen = new Set<string>()
  let since: number | undefined
  const read = async (from: number, pending?: readonly ChangesName[]) => {
    for await (const changes of changesSince(
      io,
      { changed: from, modified: from },
      seen,
      pending
    )) {
      for (const { skuId, at, modifiedAt } of changes) {
        changed.set(skuId, at)
        modified.set(skuId, modifiedAt)
      }
    }
  }
  /** A kit changes with what it is made of. It may have been put on record after a change was read. */
  const addKits = async (from: number) => {
    const kits = new KitIndex(io.documents)
    const lists = [changed, modified].map((latest) => ({ latest, known: latest.since(from) }))
    for (const { known } of lists) await kits.read(known.keys())
    for (const { latest, known } of lists) {
      for (const [skuId, at] of known) for (const kitId of kits.of(skuId)) latest.set(kitId, at)
    }
  }
  const refresh = async (): Promise<ChangeIndex> => {
    const now = io.clock.now()
    const pending = since === undefined ? await backlogOf(io) : undefined
    if (pending && isTooLong(pending)) for (const latest of [changed, modified]) latest.fill()
    const from = since ?? begin
    if (!changed.isFull || !modified.isFull) {
      await read(from, pending)
      await addKits(from)
    }
    // What was read is not read again, so that clocks and calls may be late.
    since = now - LATE_MS
    return {
      changedAt: (skuId) => changed.at(skuId, now),
      modifiedAt: (skuId) => modified.at(skuId, now),
      lastModified: modified.isFull ? now : modified.last,
    }
  }
  const one = pLimit(1)
  return () => one(refresh)
}

/** When SKUs were last reported, from a moment on. */
class Latest {
  last = 0
  isFull = false
  private readonly bySku = new Map<number, number>()

  constructor(private readonly from: number) {}

  set(skuId: number, moment: number) {
    if (this.isFull || moment < this.from) return
    this.last = Math.max(this.last, moment)
    this.bySku.set(skuId, Math.max(moment, this.bySku.get(skuId) ?? 0))
    if (this.bySku.size > MOST_INDEXED) this.fill()
  }

  /** Those that were reported from a moment on, as they are now. */
  since(from: number): ReadonlyMap<number, number> {
    return new Map([...this.bySku].filter(([, moment]) => moment >= from))
  }

  at(skuId: number, now: number): number {
    return this.isFull ? now : (this.bySku.get(skuId) ?? 0)
  }

  fill() {
    this.isFull = true
    this.bySku.clear()
  }
}
