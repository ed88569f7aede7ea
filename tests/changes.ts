import { saveReported } from '../node/changes/notification'
import type { Documents } from '../node/state/documents'

/** SKUs that were reported changed at about the same time. */
interface Group {
  /** Their stock changed. */
  stock: readonly number[]
  /** They changed themselves: activity, references, sellers. */
  modified: readonly number[]
  /** Those of them that only posts reported that anybody can make. */
  unverified?: readonly number[]
}

/** Makes a group of changes pending. */
export function saveGroup(
  documents: Documents,
  at: number,
  uniqueId: string,
  { stock, modified, unverified = [] }: Group
): Promise<void> {
  const reportedOf = (skuIds: readonly number[], isModified: boolean) =>
    skuIds.map((skuId) => ({
      ...{ skuId, modified: isModified },
      ...(unverified.includes(skuId) && { unverified: true }),
    }))
  const reported = [...reportedOf(stock, false), ...reportedOf(modified, true)]
  return saveReported(documents, at, uniqueId, reported)
}
