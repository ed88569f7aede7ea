import pLimit from 'p-limit'
import { MAX_AGE_MS } from '../common/freshness'
import { type ChangesIo, type ChangesName, changesSince } from './changeLog'
import { KitIndex } from './kitIndex'
import { backlogOf } from './pendingChanges'

/** Later reads overlap by this, since clocks and calls may be late. */
const LATE_MS = 3_600_000
/** Above this, every SKU counts as reported just now. */
const MOST_INDEXED = 200_000

/** When SKUs, or components of kits, were last reported: UTC ms, 0 if not within 8 days. */
export interface ChangeIndex {
  /** When a SKU itself last changed, not only its stock. */
  modifiedAt(skuId: number): number
  /** When a SKU or its stock last changed. */
  changedAt(skuId: number): number
  /** When any SKU itself last changed. */
  lastModified: number
}

/**
 * Returns a function that returns the change index. The first call reads the last 8 days, later calls read what is new.
 * Old entries are not removed: use it for one run.
 */
export function changeIndexOf(io: ChangesIo): () => Promise<ChangeIndex> {
  const oldest = io.clock.now() - MAX_AGE_MS
  const changed = new Latest(oldest)
  const modified = new Latest(oldest)
  const both = [changed, modified]
  const seen = new Set<string>()
  let since = oldest

  const read = async (from: number, pending?: readonly ChangesName[]) => {
    const window = { changed: from, modified: from }
    for await (const changes of changesSince(io, window, seen, pending)) {
      for (const { skuId, at, modifiedAt } of changes) {
        changed.set(skuId, at)
        modified.set(skuId, modifiedAt)
      }
    }
    // A kit changes with its components. Its kits/ document may be newer than the change, so it is read now.
    const kits = new KitIndex(io.documents)
    for (const latest of both) {
      const known = latest.since(from)
      await kits.read(known.keys())
      for (const [skuId, at] of known) for (const kitId of kits.of(skuId)) latest.set(kitId, at)
    }
  }
  const refresh = async (): Promise<ChangeIndex> => {
    const now = io.clock.now()
    const isFirst = since === oldest
    const pending = isFirst ? await backlogOf(io) : undefined
    if (isFirst && !pending) for (const latest of both) latest.fill()
    if (both.some(({ isFull }) => !isFull)) await read(since, pending)
    since = now - LATE_MS
    return {
      changedAt: (skuId) => changed.at(skuId, now),
      modifiedAt: (skuId) => modified.at(skuId, now),
      lastModified: modified.isFull ? now : modified.last,
    }
  }
  const oneAtATime = pLimit(1)
  return () => oneAtATime(refresh)
}

/** When SKUs were last reported, from `from` on. Full: every SKU counts as reported now. */
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

  /** A copy of the entries from a moment on. */
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
