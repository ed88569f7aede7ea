import { type Entry, mayBeSold } from '../ledger/entry'
import { walkLedger } from '../ledger/walk'
import { sourceOfSeller } from '../settings/sellers'
import type { Settings } from '../settings/settings'
import type { StockSource } from '../sources/source'
import type { Documents } from '../state/documents'
import type { Range } from './names'
import type { Scope } from './scope'

/** Whether an export has to ask for an offer of the ledger once more, or for the first time. */
export type Candidate = (skuId: number, entry: Entry) => boolean

/** An export, as far as it asks for offers of the ledger. */
export interface Asking {
  scope: Scope
  /** Where it reads. */
  sources: readonly StockSource[]
}

/** Whether an export is for an offer of the ledger that Intershop may be selling. */
export const isAskedFor =
  ({ scope, sources }: Asking, settings: Settings): Candidate =>
  (skuId, entry) => {
    const { sellerId } = entry
    const source = sourceOfSeller(settings, sellerId)
    return (
      mayBeSold(entry) &&
      source !== undefined &&
      sources.includes(source) &&
      (scope.sellerId === undefined || scope.sellerId === sellerId) &&
      skuId >= (scope.startId ?? 0)
    )
  }

/** Whether a guard kept back that it is 0 now. */
export const isHeld: Candidate = (_, { heldAt }) => heldAt !== undefined

/**
 * Whether no source told of it this time.
 * @param since stamp of what was delivered first
 */
export const isPassedOver =
  (since: number): Candidate =>
  (_, { toldAt, heldAt = 0, sharedAt = 0 }) =>
    toldAt < since && heldAt < since && sharedAt < since

/** Whether an export told of an offer, where the ledger does not know it. */
export type Told = (skuId: number, sellerId: string) => boolean

/** So many SKUs are looked at together. */
const BATCH = 10_000

/**
 * The SKUs of which Intershop may be selling such offers, and whose they are.
 * @param toldWithin what the export told within a range of SKU ids, besides what the ledger knows
 * @throws {StateError}
 */
export async function passedOver(
  documents: Documents,
  isCandidate: Candidate,
  toldWithin: (range: Range) => Promise<Told>
) {
  const skuIds: number[] = []
  const sellers = new Set<string>()
  let batch: Array<{ skuId: number; found: Entry[] }> = []
  const take = async () => {
    const isTold = await toldWithin(rangeOf(batch.map(({ skuId }) => skuId)))
    for (const { skuId, found } of batch) {
      const left = found.filter(({ sellerId }) => !isTold(skuId, sellerId))
      if (left.length > 0) skuIds.push(skuId)
      for (const { sellerId } of left) sellers.add(sellerId)
    }
    batch = []
  }
  for await (const [skuId, entries] of walkLedger(documents)) {
    const found = entries.filter((entry) => isCandidate(skuId, entry))
    if (found.length > 0) batch.push({ skuId, found })
    if (batch.length >= BATCH) await take()
  }
  await take()
  return { skuIds, sellers }
}

/** Of sorted ids. */
export const rangeOf = (ids: readonly number[]): Range => ({
  from: ids[0] ?? 0,
  to: (ids[ids.length - 1] ?? -1) + 1,
})
