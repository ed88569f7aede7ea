import { isSkuSource } from '../sources/source'
import { readAhead } from '../state/readAhead'
import { countedOf } from './deliveries'
import type { Engine } from './engine'
import type { Line } from './line'
import { type Delivery, partPath, type Range } from './names'
import { partSchema } from './part'
import type { Told } from './passedOver'
import { readSaved } from './readSaved'

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
  const read = (delivery: Delivery) => readSaved(engine, 'parts', partPath(delivery), partSchema)
  for await (const part of readAhead(countedOf(line, exportId).filter(mayTell), read, 4)) {
    for (const { skuId, sellerId } of [...part.offers, ...part.held]) {
      if (skuId >= range.from && skuId < range.to) found.add(keyOf(skuId, sellerId))
    }
  }
  return (skuId, sellerId) => found.has(keyOf(skuId, sellerId))
}

const keyOf = (skuId: number, sellerId: string) => `${skuId} ${sellerId}`
