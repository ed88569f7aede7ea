import type { MappedOffer } from '../../offers/stockOffer'
import type { Entry } from '../../published/entry'
import type { Drifted } from '../part'

/** When a change of a SKU was last reported, UTC milliseconds; 0 where none was. */
export type ChangedAt = (skuId: number) => number

/**
 * Offers that were found to differ from what Intershop was told, though no change was reported since; those apart of
 * which a guard keeps back that they are 0.
 * @param lastSent what Intershop surely has
 */
export function driftOf(
  offers: readonly MappedOffer[],
  lastSent: (offer: MappedOffer) => Entry | undefined,
  changedAt: ChangedAt
): Drifted[] {
  return offers.flatMap((offer) => {
    const { skuId, sellerId, quantity, why } = offer
    const entry = why ? undefined : lastSent(offer)
    if (
      !entry ||
      entry.heldAt !== undefined ||
      entry.quantity === quantity ||
      changedAt(skuId) >= entry.version
    )
      return []
    return [{ skuId, sellerId, lastSent: entry.quantity, found: quantity }]
  })
}
