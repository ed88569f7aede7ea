import { max } from 'ramda'

import { availableQuantity } from './quantity'

/** What a seller offers of a SKU in one sales channel, as the marketplace tells. */
export interface ChannelOffer {
  /** Id of the sales channel; absent where it does not tell. */
  salesChannel?: string | undefined
  /** Pieces; absent where it tells no number. */
  quantity?: number | undefined
}

/** The settings that the quantity of another seller depends on. */
export interface SellerQuantityRules {
  /** Id of the sales channel that counts; absent: the one that has most. */
  salesChannel?: number | undefined
  /** Pieces kept back from sale, once for each offer. */
  safetyStock: number
}

/** Pieces that can be sold, or why nobody can tell. */
export type SellerQuantity = { quantity: number } | { unknown: string }

/**
 * Pieces of a SKU that another seller sells here: what the sales channel of the settings has available, less
 * the safety stock; 0 where the seller does not offer it there. A number that is missing is not 0.
 */
export function sellerQuantity(
  channels: readonly ChannelOffer[],
  { salesChannel, safetyStock }: SellerQuantityRules
): SellerQuantity {
  const counted =
    salesChannel === undefined
      ? channels
      : channels.filter((each) => each.salesChannel === String(salesChannel))
  if (counted.length === 0 && channels.some((each) => each.salesChannel === undefined)) {
    return { unknown: 'a sales channel without an id' }
  }
  const quantities = counted.map(({ quantity }) => quantity).filter((each) => each !== undefined)
  if (quantities.length < counted.length) return { unknown: 'no available quantity' }
  return { quantity: availableQuantity(Math.floor(quantities.reduce(max, 0)), { safetyStock }) }
}
