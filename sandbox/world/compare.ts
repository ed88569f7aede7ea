import { setImmediate as breathe } from 'timers/promises'
import type { ExpectedOffer } from './commerce/truth'
import type { InventoryOffer } from './intershop/inventory'

const EXAMPLES = 5
const BREATHE_EVERY = 2000

/** An offer that is not as it must be. */
export interface Difference {
  skuId: number
  offerSku: string
  /** Units that it must have. */
  expected: number
  /** What Intershop holds; absent when it holds nothing. */
  actual?: InventoryOffer
}

/** Intershop's offers against those that it must hold. */
export interface Comparison {
  /** Offers that Intershop must hold. */
  inVtex: number
  inIntershop: number
  matching: number
  differing: number
  missing: number
  /** Offers in Intershop that none must be. */
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
    inVtex: 0,
    inIntershop: inventory.size,
    matching: 0,
    differing: 0,
    missing: 0,
    surplus: 0,
    examples: { differing: [], missing: [], surplus: [] },
  }
  for (const offer of expected()) {
    if (++comparison.inVtex % BREATHE_EVERY === 0) await breathe()
    count(comparison, offer, inventory.get(offer.offerSku))
  }
  comparison.surplus = comparison.inIntershop - comparison.matching - comparison.differing
  if (comparison.surplus > 0) comparison.examples.surplus = findSurplus(expected(), inventory)
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
    if (++compared % BREATHE_EVERY === 0) await breathe()
    const actual = inventory.get(offer.offerSku)
    if (outcomeOf(offer, actual) !== 'matching') seen(differenceOf(offer, actual))
  }
}

function count(comparison: Comparison, offer: ExpectedOffer, actual?: InventoryOffer): void {
  const outcome = outcomeOf(offer, actual)
  comparison[outcome]++
  if (outcome === 'matching' || comparison.examples[outcome].length >= EXAMPLES) return
  comparison.examples[outcome].push(differenceOf(offer, actual))
}

function differenceOf(offer: ExpectedOffer, actual?: InventoryOffer): Difference {
  const { skuId, offerSku, quantity } = offer
  return { skuId, offerSku, expected: quantity, actual }
}

function outcomeOf(offer: ExpectedOffer, actual?: InventoryOffer) {
  if (!actual) return 'missing'
  const buyable = offer.quantity > 0
  const same =
    actual.quantity === offer.quantity &&
    actual.available === buyable &&
    actual.orderable === buyable &&
    actual.sellerId === '1'
  return same ? 'matching' : 'differing'
}

function findSurplus(expected: Iterable<ExpectedOffer>, inventory: ComparedInventory): string[] {
  const wanted = new Set<string>()
  for (const { offerSku } of expected) wanted.add(offerSku)
  const surplus: string[] = []
  for (const [sku] of inventory.entries()) {
    if (surplus.length >= EXAMPLES) break
    if (!wanted.has(sku)) surplus.push(sku)
  }
  return surplus
}
