import type { MappedOffer } from '../../offers/stockOffer'
import { type Entry, entryOf, mayBeSold } from '../../published/entry'
import type { Published } from '../../published/ledger'
import { NAMELESS, type Part } from '../part'

/**
 * Offers by names that Intershop knows them by and that they have no more: 0, unless another offer has the name.
 * @param now of offers that nothing was read of but that they have no name, UTC milliseconds
 */
export function formerNames(
  { offers, unmapped }: Part,
  published: Published,
  now: number
): MappedOffer[] {
  const nameless = unmapped
    .filter(({ code }) => code === NAMELESS)
    .map(({ skuId, sellerId }) => ({ skuId, sellerId, offerSku: undefined, observedAt: now }))
  return [...offers, ...nameless].flatMap(({ skuId, sellerId, offerSku, observedAt }) => {
    if (skuId === undefined || sellerId === undefined) return []
    const isIt = (entry: Entry) =>
      entry.sellerId === sellerId && entry.offerSku !== offerSku && mayBeSold(entry)
    const entries = published.entries(skuId)
    const last = entryOf(entries, sellerId)
    return entries.filter(isIt).map((entry) => {
      const why = offerSku === undefined && entry === last ? 'removed' : 'renamed'
      return { skuId, sellerId, quantity: 0, offerSku: entry.offerSku, observedAt, why }
    })
  })
}
