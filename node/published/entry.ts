/**
 * What Intershop was sent last under one offer SKU. An offer that changed its offer SKU has an entry for each, until
 * the old one was set to 0.
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
}

/** Whether Intershop may be selling it. */
export const mayBeSold = ({ quantity }: Entry): boolean => quantity > 0

/** An offer as a batch is about to send it. */
export interface SentOffer {
  skuId: number
  sellerId: string
  offerSku: string
  quantity: number
  rowId?: number | undefined
  /** Its SKU, binding, row or offer SKU is gone: once it is 0, nothing is left to remember. */
  isGone: boolean
}

/** An offer whose 0 a batch holds back. */
export interface HeldOffer {
  skuId: number
  sellerId: string
}

/** A batch, as far as the ledger goes by it. */
export interface PublishedBatch {
  version: number
  /** The newest version that was known when its reading began. */
  readAfter: number
  isCommitted: boolean
  publishedUnder: string
}

/**
 * The entries of one SKU after a batch that sent or held some of its offers. A batch that did not know of an older
 * one, or was not committed, leaves open what Intershop holds: the larger quantity counts, and is not certain.
 */
export function entriesAfter(
  before: readonly Entry[],
  batch: PublishedBatch,
  sent: readonly SentOffer[],
  held: readonly HeldOffer[]
): Entry[] {
  const isCertain = batch.isCommitted && before.every(({ version }) => version <= batch.readAfter)
  const entries = new Map(before.map((entry) => [keyOf(entry), entry]))
  for (const offer of sent) {
    const key = keyOf(offer)
    const old = entries.get(key)
    if (offer.isGone && isCertain) {
      entries.delete(key)
      continue
    }
    const { sellerId, offerSku, rowId } = offer
    const quantity = isCertain ? offer.quantity : Math.max(offer.quantity, old?.quantity ?? 0)
    const { version, publishedUnder } = batch
    entries.set(key, { sellerId, offerSku, quantity, version, publishedUnder, isCertain, rowId })
  }
  if (!batch.isCommitted) return [...entries.values()]
  const heldSellers = new Set(held.map(({ sellerId }) => sellerId))
  return [...entries.values()].map((entry) =>
    heldSellers.has(entry.sellerId) && entry.version !== batch.version
      ? { ...entry, heldAt: batch.version }
      : entry
  )
}

const keyOf = ({ sellerId, offerSku }: Pick<Entry, 'sellerId' | 'offerSku'>) =>
  `${sellerId} ${offerSku}`
