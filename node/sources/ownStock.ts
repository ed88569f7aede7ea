import type { Catalog, SkuDetails } from '../clients/catalog'
import type { Balance, Logistics, Warehouse } from '../clients/logistics'
import { UpstreamError } from '../common/upstreamError'
import { OWN_SELLER } from '../offers/offerSku'
import { type QuantityRules, sellableQuantity } from '../offers/quantity'
import type { Settings } from '../settings/settings'
import { toItemFailure } from './itemFailure'
import { isMadeUp, isWhole, ownBalances, sellableKits } from './kits'
import { paginate } from './paginate'
import type { SkuDetailsReader } from './skuDetails'
import type { SkuBatch, SkuReading, SkuSource } from './source'

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
  contextsOf: (slice: SkuBatch) => Promise<SkuDetailsReader>,
  now: () => number
): SkuSource {
  const pages = {
    ...{ upstream: 'VTEX catalog', sellerId: OWN_SELLER, what: 'SKU ids' },
    ...{ page: (page: number) => reads.catalog.skuIds(page), atFirst: PAGES_AT_FIRST },
  }
  return {
    concurrency: settings.maxConcurrency,
    skuIds: (mayBegin, from) => paginate(pages, mayBegin, from),
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
  contexts: SkuDetailsReader,
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
    return { offers: [], failures: [{ skuId, sellerId: OWN_SELLER, ...toItemFailure(thrown) }] }
  }
}

function answerOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason
  return settled.value
}

const offerOf = ({ skuId, refId, ean }: SkuDetails, quantity: number, observedAt: number) => ({
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

/**
 * The warehouses that VTEX lists. Where the list does not fit the balances, nothing could be sold of any SKU, and
 * it is rather the list that is wrong. An inactive warehouse is listed, and so is one that a setting excludes: whoever
 * switched all of them off has zeros.
 */
export class ListedWarehouses {
  private readonly ids: ReadonlySet<string>
  private named = 0
  private isMet = false

  /** @throws {UpstreamError} where there is none */
  constructor(warehouses: readonly Warehouse[]) {
    this.ids = new Set(warehouses.map(({ id }) => id))
    if (this.ids.size === 0) throw unusable('the list of warehouses is empty')
  }

  /** Takes note of a SKU's balances, and answers them. */
  meet(balances: Balance[]): Balance[] {
    if (balances.length > 0) this.named++
    this.isMet ||= balances.some(({ warehouseId }) => this.ids.has(warehouseId))
    return balances
  }

  /** @throws {UpstreamError} where balances named warehouses, and none that is listed */
  check() {
    if (this.isMet || this.named === 0) return
    throw unusable(
      `none of the ${this.ids.size} listed warehouses is in any of ${this.named} SKUs' balances`
    )
  }
}

const unusable = (detail: string) => new UpstreamError('VTEX logistics', 'malformed', detail)
