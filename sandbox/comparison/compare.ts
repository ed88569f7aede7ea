import { setImmediate as yieldToEventLoop } from 'timers/promises'
import type { InventoryOffer } from '../world/intershop/inventory'
import type { ExpectedOffer, SourceName } from './expected-offer'

const EXAMPLES = 5
const YIELD_EVERY = 2000

/** An offer in Intershop that differs from the expected one. */
export interface Difference {
  source: SourceName
  skuId: number
  offerSku: string
  /** Expected units. */
  expected: number
  /** Last change of its stock or SKU, epoch milliseconds; absent if there was none. */
  changedAt?: number | undefined
  /** The offer in Intershop; absent if it has none. */
  actual?: InventoryOffer
}

/** Numbers of offers by result. */
export interface Counts {
  /** Offers that Intershop must have. */
  expected: number
  matching: number
  differing: number
  missing: number
}

/** The result of comparing Intershop's offers with the expected ones. */
export interface Comparison extends Counts {
  /** The same by source. */
  sources: (Counts & { source: SourceName })[]
  inIntershop: number
  /** Offers in Intershop of removed SKUs, correctly 0. */
  removed: number
  /** Offers in Intershop that can be bought but should not exist. */
  surplus: number
  /** Up to five examples of each. */
  examples: { differing: Difference[]; missing: Difference[]; surplus: string[] }
}

/** The part of Intershop's inventory that a comparison reads. */
export interface ComparedInventory {
  readonly size: number
  get(sku: string): InventoryOffer | undefined
  entries(): Iterable<[string, InventoryOffer]>
}

/**
 * Compares offer by offer, without a second list, and yields to the event loop regularly. An offer matches if its
 * quantity and seller are equal and it can be bought exactly if the quantity is above 0.
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
  // The list of expected names is only made if Intershop has other ones.
  if (comparison.inIntershop > comparison.matching + comparison.differing) {
    countUnexpected(comparison, expected(), inventory)
  }
  return comparison
}

/**
 * Passes each offer that differs or is missing to `onDifference`, synchronously with its comparison: what the callback
 * looks up is from the same time. Yields to the event loop like `compare`.
 */
export async function eachDifference(
  expected: Iterable<ExpectedOffer>,
  inventory: ComparedInventory,
  onDifference: (difference: Difference) => void
): Promise<void> {
  let compared = 0
  for (const offer of expected) {
    if (++compared % YIELD_EVERY === 0) await yieldToEventLoop()
    const actual = inventory.get(offer.offerSku)
    if (!actual && offer.mayBeMissing) continue
    if (outcomeOf(offer, actual) !== 'matching') onDifference(differenceOf(offer, actual))
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

/** Counts offers in Intershop that are not expected: removed ones with quantity 0, and surplus. */
function countUnexpected(
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
