import { type Entry, mayBeSold } from '../ledger/entry'
import { walkLedger } from '../ledger/walk'
import { sourceOfSeller } from '../settings/sellers'
import type { Settings } from '../settings/settings'
import type { StockSource } from '../sources/source'
import type { Documents } from '../state/documents'
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
  (_, { toldAt, heldAt = 0 }) =>
    toldAt < since && heldAt < since

/** The SKUs of which Intershop may be selling such offers, in batches, and whose they are. @throws {StateError} */
export async function passedOver(documents: Documents, isCandidate: Candidate) {
  const skuIds: number[] = []
  const sellers = new Set<string>()
  for await (const [skuId, entries] of walkLedger(documents)) {
    const found = entries.filter((entry) => isCandidate(skuId, entry))
    if (found.length > 0) skuIds.push(skuId)
    for (const { sellerId } of found) sellers.add(sellerId)
  }
  return { skuIds, sellers }
}
