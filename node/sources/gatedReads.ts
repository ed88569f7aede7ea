import type { Clients } from '../clients'
import { UpstreamError, unlessMissing } from '../clients/upstreamError'
import type { Gate } from '../traffic/gate'
import { MANY_IN_A_ROW } from './concernsAll'
import type { KitReads } from './kits'
import type { MatchReads } from './matches'
import type { OwnStockReads } from './ownStock'
import type { SellersReads } from './sellers'
import type { DirectReads } from './source'

/** The reads of own stock, each through the gate of its upstream. */
export function gatedReads(
  { catalog, logistics }: Pick<Clients, 'catalog' | 'logistics'>,
  gate: (upstream: 'catalog' | 'logistics') => Gate
): OwnStockReads & KitReads {
  return {
    skuIds: (page) => gate('catalog').run(() => catalog.skuIds(page)),
    skuContext: (skuId) => gate('catalog').run(() => catalog.stockedSku(skuId)),
    components: (kitId) => gate('catalog').run(() => catalog.components(kitId)),
    warehouses: () => gate('logistics').run(() => logistics.warehouses()),
    balances: (skuId) => gate('logistics').run(() => logistics.balances(skuId)),
  }
}

/** The reads by which Centra's rows are matched, each through the catalog's gate. */
export function matchReads(
  { catalog }: Pick<Clients, 'catalog'>,
  gate: () => Gate
): Omit<MatchReads, 'row'> {
  const skuContext = (skuId: number) => gate().run(() => catalog.skuContext(skuId))
  return {
    skuByEan: (ean) => gate().run(() => catalog.skuByEan(ean)),
    skuIdsByRefIds: (refs) => gate().run(() => catalog.skuIdsByRefIds(refs)),
    skuContext,
    control: async () => {
      const skuIds = await gate().run(() => catalog.skuIds(1))
      await unlessAllRefused(skuIds.slice(0, MANY_IN_A_ROW), skuContext)
    },
  }
}

/** Reads until something is not refused. @throws {UpstreamError} where all are, or an answer could not be had */
async function unlessAllRefused<T>(ids: readonly T[], read: (id: T) => Promise<unknown>) {
  let refusal: UpstreamError | undefined
  for (const id of ids) {
    try {
      await unlessMissing(read(id))
      return
    } catch (thrown) {
      if (!(thrown instanceof UpstreamError) || thrown.trouble !== 'refused') throw thrown
      refusal = thrown
    }
  }
  if (refusal) throw refusal
}

/** The reads by which a SKU is looked at, or looked for, on its own, each through the catalog's gate. */
export function identityReads(
  { catalog }: Pick<Clients, 'catalog'>,
  gate: () => Gate
): Pick<DirectReads, 'skuContext' | 'skuIdOf'> {
  const skuContext = (skuId: number) => gate().run(() => catalog.skuContext(skuId))
  return {
    skuContext,
    skuIdOf: async (identifier, value) => {
      if (identifier === 'ean') return (await gate().run(() => catalog.skuByEan(value)))?.skuId
      if (identifier === 'refId') {
        return (await gate().run(() => catalog.skuIdsByRefIds([value]))).get(value)
      }
      const skuId = /^[1-9]\d*$/.test(value) ? Number(value) : Number.NaN
      if (!Number.isSafeInteger(skuId)) return undefined
      return (await unlessMissing(skuContext(skuId))) ? skuId : undefined
    },
  }
}

/** The reads of other sellers' offers but for the sellers themselves, each through the gate of its upstream. */
export function offerReads(
  { catalog, skuBindings, offers }: Pick<Clients, 'catalog' | 'skuBindings' | 'offers'>,
  gate: (upstream: 'catalog' | 'bindings' | 'offers') => Gate
): Omit<SellersReads, 'sellers'> {
  return {
    skuIds: (sellerId, page) => gate('bindings').run(() => skuBindings.skuIds(sellerId, page)),
    skuContext: (skuId) => gate('catalog').run(() => catalog.skuContext(skuId)),
    offers: (productId, skuId) => gate('offers').run(() => offers.ofSku(productId, skuId)),
  }
}
