import { setImmediate as yieldToEventLoop } from 'timers/promises'
import type { InventoryOffer } from '../world/intershop/inventory'
import type { ExpectedOffer, SourceName } from './expected-offer'

const EXAMPLES = 5
const YIELD_EVERY = 2000

/** An offer that is not as it must be. */
export interface Difference {
  source: SourceName
  skuId: number
  offerSku: string
  /** Units that it must have. */
  expected: number
  /** When something that it depends on last changed, in epoch milliseconds; absent when nothing did. */
  changedAt?: number | undefined
  /** What Intershop holds; absent when it holds nothing. */
  actual?: InventoryOffer
}

/** How many offers are as they must be, and how many are not. */
export interface Counts {
  /** Offers that Intershop must hold. */
  expected: number
  matching: number
  differing: number
  missing: number
}

/** Intershop's offers against those that it must hold. */
export interface Comparison extends Counts {
  /** The same of each source that has offers. */
  sources: (Counts & { source: SourceName })[]
  inIntershop: number
  /** Offers in Intershop under names that are nobody's any more, 0 as they must be. */
  removed: number
  /** Offers in Intershop that can be bought there, and that none must be. */
  surplus: number
  /** A few of each. */
  examples: { differing: Difference[]; missing: Difference[]; surplus: string[] }
}

/** What a comparison needs of Intershop's inventory. */
export interface ComparedInventory {
  readonly size: number
  get(sku: string): InventoryOffer | undefined
  entries(): Iterable<[string, InventoryOffer]>
}

/**
 * Compares offer by offer, without a second list of them, letting other work
 * through now and then. An offer matches when its quantity does and it can be
 * bought exactly when there is something to buy.
 */
export async function compare(
  expected: () => Iterable<ExpectedOffer>,
  inventory: ComparedInventory
): Promise<Comparison> {
  const comparison: Comparison = {
    ...NONE,
    sources: [],
    inIntershop: inventory.size,
    removed: 0,
    surplus: 0,
    examples: { differing: [], missing: [], surplus: [] },
  }
  let compared = 0
  for (const offer of expected()) {
    if (++compared % YIELD_EVERY === 0) await yieldToEventLoop()
    count(comparison, offer, inventory.get(offer.offerSku))
  }
  // Where each name is somebody's, no second list of them is made.
  if (comparison.inIntershop > comparison.matching + comparison.differing) {
    countOthers(comparison, expected(), inventory)
  }
  return comparison
}

/**
 * Shows each offer that differs or is missing to `seen`, in the very moment in which it is compared:
 * what `seen` looks up then is of the same moment. Lets other work through like `compare`.
 */
export async function eachDifference(
  expected: Iterable<ExpectedOffer>,
  inventory: ComparedInventory,
  seen: (difference: Difference) => void
): Promise<void> {
  let compared = 0
  for (const offer of expected) {
    if (++compared % YIELD_EVERY === 0) await yieldToEventLoop()
    const actual = inventory.get(offer.offerSku)
    if (!actual && offer.mayBeMissing) continue
    if (outcomeOf(offer, actual) !== 'matching') seen(differenceOf(offer, actual))
  }
}

const NONE: Readonly<Counts> = { expected: 0, matching: 0, differing: 0, missing: 0 }

function count(comparison: Comparison, offer: ExpectedOffer, actual?: InventoryOffer): void {
  if (!actual && offer.mayBeMissing) return
  const outcome = outcomeOf(offer, actual)
  for (const counts of [comparison, countsOf(comparison, offer.source)]) {
    counts.expected++
    counts[outcome]++
  }
  if (outcome === 'matching' || comparison.examples[outcome].length >= EXAMPLES) return
  comparison.examples[outcome].push(differenceOf(offer, actual))
}

function countsOf({ sources }: Comparison, source: SourceName): Counts {
  const found = sources.find((each) => each.source === source)
  if (found) return found
  const counts = { source, ...NONE }
  sources.push(counts)
  return counts
}

function differenceOf(offer: ExpectedOffer, actual?: InventoryOffer): Difference {
  const { source, skuId, offerSku, quantity, changedAt } = offer
  return { source, skuId, offerSku, expected: quantity, changedAt, actual }
}

function outcomeOf(offer: ExpectedOffer, actual?: InventoryOffer) {
  if (!actual) return 'missing'
  const buyable = offer.quantity > 0
  const same =
    actual.quantity === offer.quantity &&
    actual.available === buyable &&
    actual.orderable === buyable &&
    actual.sellerId === offer.sellerId
  return same ? 'matching' : 'differing'
}

/** Counts the offers that are nobody's: a name that is gone stays in Intershop, with nothing to buy. */
function countOthers(
  comparison: Comparison,
  expected: Iterable<ExpectedOffer>,
  inventory: ComparedInventory
): void {
  const wanted = new Set<string>()
  for (const { offerSku } of expected) wanted.add(offerSku)
  for (const [sku, { quantity, available, orderable }] of inventory.entries()) {
    if (wanted.has(sku)) continue
    if (quantity === 0 && !available && !orderable) {
      comparison.removed++
      continue
    }
    comparison.surplus++
    if (comparison.examples.surplus.length < EXAMPLES) comparison.examples.surplus.push(sku)
  }
}
