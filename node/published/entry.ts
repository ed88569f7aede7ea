import type { Receipt, Started } from './receipt'

/**
 * What Intershop was sent last under one offer SKU. An offer that changed its offer SKU has an entry for each, until
 * the old one was set to 0, or another offer was sent by it.
 */
export interface Entry {
  sellerId: string
  offerSku: string
  /** Units; the most that Intershop may hold where `isCertain` is false. */
  quantity: number
  /** Version of the batch that sent it. */
  version: number
  /** Settings hash and workspace that it was sent with. */
  publishedUnder: string
  /** False after a batch that was not committed, or that conflicts with another one: then it may or may not hold. */
  isCertain: boolean
  /** In a source that has ids of its own, the row that it was read from (Centra: stockItemId). */
  rowId?: number | undefined
  /** Version of the batch that last held back its 0; absent where nothing is held. */
  heldAt?: number | undefined
  /** Version of the batch that dismissed its 0: it is neither held nor sent until its source is above 0 again. */
  dismissedAt?: number | undefined
  /** Version of the batch that last found that another offer has its offer SKU, too; absent once it is sent. */
  sharedAt?: number | undefined
}

/** Whether Intershop may be selling it. */
export const mayBeSold = ({ quantity }: Entry): boolean => quantity > 0

/** Adds to the counts of offers that Intershop may be selling, by seller. */
export function countInStock(bySeller: Map<string, number>, entries: readonly Entry[]) {
  for (const { sellerId } of entries.filter(mayBeSold)) {
    bySeller.set(sellerId, (bySeller.get(sellerId) ?? 0) + 1)
  }
}

/** Adds to the counts of held offers, by seller. @param entries of one SKU */
export function countHeld(bySeller: Map<string, number>, entries: readonly Entry[], by = 1) {
  const held = entries.filter(({ heldAt }) => heldAt !== undefined)
  for (const sellerId of new Set(held.map((entry) => entry.sellerId))) {
    bySeller.set(sellerId, (bySeller.get(sellerId) ?? 0) + by)
  }
}

/** By the offer SKU that the offer was sent by last. */
export const entryOf = (entries: readonly Entry[], sellerId: string): Entry | undefined =>
  entries
    .filter((entry) => entry.sellerId === sellerId)
    .reduce<Entry | undefined>(
      (newest, entry) => (newest && newest.version > entry.version ? newest : entry),
      undefined
    )

/**
 * The entries of one SKU after a batch. A batch that did not know of an older one, or was not committed, leaves open
 * what Intershop holds: the larger quantity counts, and is not certain.
 * @param started of this SKU only
 */
export function entriesAfter(
  before: readonly Entry[],
  { version, readAfter, isCommitted }: Pick<Receipt, 'version' | 'readAfter' | 'isCommitted'>,
  { sent, held, dismissed = [], shared, taken, publishedUnder }: Started
): Entry[] {
  const isCertain = isCommitted && before.every((entry) => entry.version <= readAfter)
  const entries = new Map(before.map((entry) => [keyOf(entry), entry]))
  if (isCertain) for (const offer of taken) entries.delete(keyOf(offer))
  for (const offer of sent) {
    const key = keyOf(offer)
    const old = entries.get(key)
    if (offer.isGone && isCertain) {
      entries.delete(key)
      continue
    }
    const { sellerId, offerSku, rowId } = offer
    const quantity = isCertain ? offer.quantity : Math.max(offer.quantity, old?.quantity ?? 0)
    entries.set(key, { sellerId, offerSku, quantity, version, publishedUnder, isCertain, rowId })
  }
  if (!isCommitted) return [...entries.values()]
  const heldSellers = new Set(held.map(({ sellerId }) => sellerId))
  const dismissedSellers = new Set(dismissed.map(({ sellerId }) => sellerId))
  const sharedSellers = new Set(shared.map(({ sellerId }) => sellerId))
  return [...entries.values()].map((entry) => {
    if (entry.version === version) return entry
    if (sharedSellers.has(entry.sellerId)) {
      return { ...entry, heldAt: undefined, sharedAt: version, isCertain: false }
    }
    if (dismissedSellers.has(entry.sellerId)) {
      return { ...entry, heldAt: undefined, dismissedAt: version }
    }
    return heldSellers.has(entry.sellerId) ? { ...entry, heldAt: version } : entry
  })
}

const keyOf = ({ sellerId, offerSku }: Pick<Entry, 'sellerId' | 'offerSku'>) =>
  `${sellerId} ${offerSku}`
