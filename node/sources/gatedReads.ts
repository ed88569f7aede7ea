import type { Clients } from '../clients'
import type { Gate } from '../traffic/gate'
import type { OwnStockReads } from './ownStock'

/** The reads of own stock, each through the gate of its upstream. */
export function gatedReads(
  { catalog, logistics }: Pick<Clients, 'catalog' | 'logistics'>,
  gate: (upstream: 'catalog' | 'logistics') => Gate
): OwnStockReads {
  return {
    skuIds: (page) => gate('catalog').run(() => catalog.skuIds(page)),
    skuContext: (skuId) => gate('catalog').run(() => catalog.skuContext(skuId)),
    warehouses: () => gate('logistics').run(() => logistics.warehouses()),
    balances: (skuId) => gate('logistics').run(() => logistics.balances(skuId)),
  }
}
