import { offerKey } from '../offers/stockOffer'
import { allDeliveries } from './deliveries'
import type { Engine } from './engine'
import type { Line } from './line'
import type { Told } from './passedOver'

/**
 * What a dry run came by: the ledger, where others find it, knows nothing of it.
 * @throws {StateError} {@link LostDocumentError}
 */
export async function dryTold(engine: Engine, line: Line, exportId: string): Promise<Told> {
  const deliveries = await allDeliveries(engine, line, exportId)
  const found = new Set(
    deliveries.flatMap(({ source, told }) => (source === 'vanished' ? [] : (told ?? [])))
  )
  return (skuId, sellerId) => found.has(offerKey({ skuId, sellerId }))
}
