import { isSkuSource, type SourceName, stockSourceOf } from '../sources/source'
import { type BatchId, type BatchReceipt, END, type Range } from './documentNames'

/**
 * Whether two parts may tell of the same offers. Pages mean nothing from one reading to the next, so all of a
 * source that is read by pages may. After a change of settings a seller's offers may come from elsewhere.
 */
function overlap(a: BatchId, b: BatchId): boolean {
  const sources = [a.source, b.source]
  const mayShare =
    stockSourceOf(a.source) === stockSourceOf(b.source) || settingsOf(a) !== settingsOf(b)
  return mayShare && (!sources.every(isSkuSource) || (a.from < b.to && b.from < a.to))
}

const settingsOf = ({ basis }: BatchId) => basis.split('.')[0]

/** Neither reading began knowing of the other's delivery, so neither is surely the later observation. */
const unaware = (a: BatchReceipt, b: BatchReceipt) =>
  a.readAfter < b.version && b.readAfter < a.version

const samePart = (a: BatchId, b: BatchId) => a.exportId === b.exportId && a.uniqueId === b.uniqueId

/**
 * Two deliveries leave a doubt about what Intershop holds where they tell of the same SKUs and neither reading
 * knew of the other: two workers were at work at once. A delivery that was begun and not done counts here: its
 * files may be there.
 */
function hasConflict(delivery: BatchReceipt, all: readonly BatchReceipt[]): boolean {
  // What most pairs are decided by comes first: a day may hold thousands of deliveries.
  return all.some(
    (other) => unaware(other, delivery) && !samePart(other, delivery) && overlap(other, delivery)
  )
}

/**
 * Whether a part may be delivered as it is: nothing was delivered, and nothing begun, since its reading
 * began. Its own delivery may have been begun by a worker that died.
 */
export const isDeliverable = (part: BatchId, all: readonly BatchReceipt[]) =>
  all.every((other) =>
    samePart(other, part) ? other.state === 'started' : other.version <= part.readAfter
  )

/**
 * The deliveries of an export's source that count: done, on the basis in force and beyond doubt, each part
 * once. What is in doubt is read again.
 */
export function countedBatches(
  exportId: string,
  source: SourceName,
  basis: string,
  all: readonly BatchReceipt[]
): BatchReceipt[] {
  const counted = new Map<string, BatchReceipt>()
  for (const delivery of all) {
    if (delivery.state === 'started') continue
    if (delivery.exportId !== exportId || delivery.source !== source) continue
    if (delivery.basis !== basis) continue
    if (!counted.has(delivery.uniqueId) && !hasConflict(delivery, all))
      counted.set(delivery.uniqueId, delivery)
  }
  return [...counted.values()]
}

/** The lowest ids or pages that none of the ranges covers, if any. */
export function firstMissingRange(ranges: readonly Range[]): Range | undefined {
  let from = 0
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    if (range.from > from) return { from, to: range.from }
    from = Math.max(from, range.to)
  }
  return from < END ? { from, to: END } : undefined
}
