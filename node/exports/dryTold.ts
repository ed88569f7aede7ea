import { offerKey } from '../offers/stockOffer'
import { isSkuSource } from '../sources/source'
import { partsOf } from './deliveries'
import type { Engine } from './engine'
import type { Line } from './line'
import type { Delivery, Range } from './names'
import { sharedIn } from './part'
import type { Told } from './passedOver'

/**
 * What a dry run came by within a range of SKU ids: the ledger, where others find it, knows nothing of it.
 * @throws {StateError} {@link LostDocumentError}
 */
export async function dryTold(
  engine: Engine,
  line: Line,
  exportId: string,
  range: Range
): Promise<Told> {
  const found = new Set<string>()
  const mayTell = ({ source, from, to }: Delivery) =>
    source !== 'vanished' && (!isSkuSource(source) || (from < range.to && range.from < to))
  for await (const part of partsOf(engine, line, exportId, mayTell)) {
    for (const offer of [...part.offers, ...part.held, ...sharedIn(part)]) {
      if (offer.skuId >= range.from && offer.skuId < range.to) found.add(offerKey(offer))
    }
  }
  return (skuId, sellerId) => found.has(offerKey({ skuId, sellerId }))
}
