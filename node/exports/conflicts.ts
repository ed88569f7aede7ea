import { prop, uniqBy } from 'ramda'
import { isSkuSource, type SourceName, stockSourceOf } from '../sources/source'
import { type BatchId, type BatchReceipt, END, type Range } from './documentNames'

/**
 * Whether two batches may hold the same offers. Page numbers differ between readings, so any two batches of pages may.
 * With other settings a seller's offers may come from another source.
 */
function overlap(a: BatchId, b: BatchId): boolean {
  const sources = [a.source, b.source]
  const mayShare =
    stockSourceOf(a.source) === stockSourceOf(b.source) || settingsOf(a) !== settingsOf(b)
  return mayShare && (!sources.every(isSkuSource) || (a.from < b.to && b.from < a.to))
}

const settingsOf = ({ basis }: BatchId) => basis.split('.')[0]

/** Neither was read knowing of the other, so neither surely has the newer quantities. */
const areConcurrent = (a: BatchReceipt, b: BatchReceipt) =>
  a.readAfter < b.version && b.readAfter < a.version

const isSameBatch = (a: BatchId, b: BatchId) =>
  a.exportId === b.exportId && a.uniqueId === b.uniqueId

/**
 * Whether another worker read the same offers at the same time: then nobody knows whose quantities Intershop holds. A
 * batch that was started and not committed counts here, since its files may have been published.
 */
function hasConflict(delivery: BatchReceipt, all: readonly BatchReceipt[]): boolean {
  // The condition that decides most pairs comes first: a day may have thousands of receipts.
  return all.some(
    (other) =>
      areConcurrent(other, delivery) && !isSameBatch(other, delivery) && overlap(other, delivery)
  )
}

/** Other offers of the worker that read ahead, which publishes one batch after the other. */
const isOwnOther = (other: BatchReceipt, part: BatchId & { worker?: string }) =>
  other.worker === part.worker && !overlap(other, part)

/**
 * Whether a batch may be published: no other batch was started since its reading began. Its own receipt may have been
 * started, not committed.
 */
export const isDeliverable = (part: BatchId & { worker?: string }, all: readonly BatchReceipt[]) =>
  all.every((other) =>
    isSameBatch(other, part)
      ? other.state === 'started'
      : other.version <= part.readAfter || isOwnOther(other, part)
  )

/**
 * The batches of an export's source that count: committed or failed in Intershop, on the basis in force and without
 * conflict, each once. What has a conflict is read again.
 */
export function countedBatches(
  exportId: string,
  source: SourceName,
  basis: string,
  all: readonly BatchReceipt[]
): BatchReceipt[] {
  const own = all.filter((each) => each.exportId === exportId && each.source === source)
  const committed = own.filter((each) => each.state !== 'started' && each.basis === basis)
  return uniqBy(prop('uniqueId'), committed).filter((each) => !hasConflict(each, all))
}

/** The lowest ids or pages that no range covers. */
export function firstMissingRange(ranges: readonly Range[]): Range | undefined {
  let from = 0
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    if (range.from > from) return { from, to: range.from }
    from = Math.max(from, range.to)
  }
  return from < END ? { from, to: END } : undefined
}
