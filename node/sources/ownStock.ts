import type { Catalog, SkuContext } from '../clients/catalog'
import type { Balance, Logistics, Warehouse } from '../clients/logistics'
import { type QuantityRules, sellableQuantity } from '../offers/quantity'
import { OWN_SELLER } from '../offers/sellerId'
import type { Settings } from '../settings/settings'
import { failureOfOne } from './concernsAll'
import type { Contexts } from './contexts'
import { idsOfPages } from './idsOfPages'
import { isMadeUp, isWhole, ownBalances, sellableKits } from './kits'
import { ListedWarehouses } from './listedWarehouses'
import type { SkuReading, SkuSlice, SkuSource } from './source'

/** The catalog's pages are long, and it shifts while it is read: they are asked for a few at a time at once. */
const PAGES_AT_FIRST = 8

/** What the account's own stock is read from. */
export interface OwnStockReads {
  catalog: Pick<Catalog, 'skuIds' | 'admission'>
  logistics: Pick<Logistics, 'warehouses' | 'balances' | 'admission'>
}

/**
 * The account's own stock: VTEX's catalog says which SKUs there are and whether they are active,
 * logistics what lies in the warehouses.
 * @param contextsOf what is known of the SKUs besides their stock
 * @param now UTC milliseconds
 */
export function ownStock(
  reads: OwnStockReads,
  settings: Settings,
  contextsOf: (slice: SkuSlice) => Promise<Contexts>,
  now: () => number
): SkuSource {
  const pages = {
    ...{ upstream: 'VTEX catalog', sellerId: OWN_SELLER, what: 'SKU ids' },
    ...{ page: (page: number) => reads.catalog.skuIds(page), atFirst: PAGES_AT_FIRST },
  }
  return {
    concurrency: settings.maxConcurrency,
    skuIds: (mayBegin, from) => idsOfPages(pages, mayBegin, from),
    admission: async () => {
      await reads.catalog.admission()
      await reads.logistics.admission()
    },
    open: async (slice) => {
      const [warehouses, contexts] = await Promise.all([
        reads.logistics.warehouses(),
        contextsOf(slice),
      ])
      const countedWarehouses = counted(warehouses, settings.excludedWarehouses)
      const rules = { ...settings, countedWarehouses }
      const listed = new ListedWarehouses(warehouses)
      const balances = async (skuId: number) => listed.meet(await reads.logistics.balances(skuId))
      return {
        read: (skuId) => readSku(skuId, balances, contexts, rules, now()),
        close: async () => {
          listed.check()
          await contexts.keep()
        },
      }
    },
  }
}

/** @param observedAt taken before the read: an offer may be fresher than it says, never older */
async function readSku(
  skuId: number,
  balances: (skuId: number) => Promise<Balance[]>,
  contexts: Contexts,
  rules: QuantityRules,
  observedAt: number
): Promise<SkuReading> {
  try {
    const known = contexts.kept(skuId)
    const kept = known && isWhole(known) ? known : undefined
    if (kept && !kept.isActive) return { ...offerOf(kept, 0, observedAt), unasked: true }
    if (kept && isMadeUp(kept)) {
      return offerOf(kept, await sellableKits(kept, balances, rules), observedAt)
    }
    const [read, stock] = await Promise.allSettled([kept ?? contexts.read(skuId), balances(skuId)])
    const context = answerOf(read)
    // What VTEX says of the own stock of such kits, if anything, is documented nowhere.
    if (context.isKit && !context.isActive) return offerOf(context, 0, observedAt)
    if (isMadeUp(context)) {
      return offerOf(context, await sellableKits(context, balances, rules), observedAt)
    }
    const own = ownBalances(context, answerOf(stock))
    return offerOf(context, context.isActive ? sellableQuantity(own, rules) : 0, observedAt)
  } catch (thrown) {
    return { offers: [], failures: [{ skuId, sellerId: OWN_SELLER, ...failureOfOne(thrown) }] }
  }
}

function answerOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason
  return settled.value
}

const offerOf = ({ skuId, refId, ean }: SkuContext, quantity: number, observedAt: number) => ({
  offers: [{ skuId, sellerId: OWN_SELLER, quantity, observedAt, refId, ean }],
  failures: [],
})

/** VTEX logistics: warehouse ids are case-sensitive here, but not in the admin, where people copy them from. */
function counted(warehouses: readonly Warehouse[], excluded: readonly string[]): Set<string> {
  const left = new Set(excluded.map((id) => id.toLowerCase()))
  return new Set(
    warehouses
      .filter(({ id, isActive }) => isActive && !left.has(id.toLowerCase()))
      .map(({ id }) => id)
  )
}
