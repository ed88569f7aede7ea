import { pluck } from 'ramda'
import { noteKit } from '../changes/kitIndex'
import type { Catalog, Component, KitComponent, SkuDetails } from '../clients/catalog'
import type { Balance, Logistics, Warehouse } from '../clients/logistics'
import { UpstreamError } from '../common/upstreamError'
import { OWN_SELLER } from '../offers/offerSku'
import { kitQuantity, type QuantityRules, sellableQuantity } from '../offers/quantity'
import type { Settings } from '../settings/settings'
import type { Documents } from '../state/documents'
import { paginate } from './paginate'
import type { SkuDetailsReader } from './skuDetails'
import { type SkuBatch, type SkuReading, type SkuSource, skusAtOnce, toItemFailure } from './source'

const LOGISTICS = 'VTEX logistics'

/** The catalog shifts during reading, and its pages are long: reads several at once. */
const PAGES_AT_FIRST = 8

interface OwnStockReads {
  catalog: Pick<Catalog, 'skuIds' | 'admission'>
  logistics: Pick<Logistics, 'warehouses' | 'balances' | 'admission'>
}

/**
 * The source of the account's own stock: the catalog lists the SKUs and says whether they are active, logistics has the
 * stock of each warehouse.
 */
export function ownStock(
  { catalog, logistics }: OwnStockReads,
  settings: Settings,
  detailsOf: (batch: SkuBatch) => Promise<SkuDetailsReader>,
  now: () => number
): SkuSource {
  const pages = {
    ...{ upstream: 'VTEX catalog', sellerId: OWN_SELLER, what: 'SKU ids' },
    ...{ page: (page: number) => catalog.skuIds(page), atFirst: PAGES_AT_FIRST },
  }
  return {
    concurrency: skusAtOnce(settings),
    skuIds: (mayBegin, from) => paginate(pages, mayBegin, from),
    admission: async () => {
      for (const api of [catalog, logistics]) await api.admission()
    },
    open: async (batch) => {
      const [warehouses, details] = await Promise.all([logistics.warehouses(), detailsOf(batch)])
      const countedWarehouses = counted(warehouses, settings.excludedWarehouses)
      const rules = { ...settings, countedWarehouses }
      const listed = checkedList(warehouses)
      const balances = async (skuId: number) => listed.meet(await logistics.balances(skuId))
      return {
        read: (skuId) => readSku(skuId, balances, details, rules, now()),
        close: async () => {
          listed.check()
          await details.keep()
        },
      }
    },
  }
}

/** @param observedAt taken before the read: an offer may be newer than it says, never older */
async function readSku(
  skuId: number,
  balances: (skuId: number) => Promise<Balance[]>,
  details: SkuDetailsReader,
  rules: QuantityRules,
  observedAt: number
): Promise<SkuReading> {
  try {
    const cached = details.kept(skuId)
    const known = cached && isWhole(cached) ? cached : undefined
    if (known && !known.isActive) return { ...offerOf(known, 0, observedAt), unasked: true }
    // The details and the balances at once, unless it is known that only components have balances.
    const [read, own] = await Promise.allSettled([
      known ?? details.read(skuId),
      known && isMadeUp(known) ? [] : balances(skuId),
    ])
    const sku = resultOf(read)
    // VTEX does not document the balances of inactive kits.
    if (sku.isKit && !sku.isActive) return offerOf(sku, 0, observedAt)
    if (isMadeUp(sku)) return offerOf(sku, await sellableKits(sku, balances, rules), observedAt)
    const stock = ownBalances(sku, resultOf(own))
    return offerOf(sku, sku.isActive ? sellableQuantity(stock, rules) : 0, observedAt)
  } catch (thrown) {
    return { offers: [], failures: [{ skuId, sellerId: OWN_SELLER, ...toItemFailure(thrown) }] }
  }
}

function resultOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason
  return settled.value
}

const offerOf = ({ skuId, refId, ean }: SkuDetails, quantity: number, observedAt: number) => ({
  offers: [{ skuId, sellerId: OWN_SELLER, quantity, observedAt, refId, ean }],
  failures: [],
})

/** Logistics has case-sensitive ids; the admin, from which people copy them, does not. */
function counted(warehouses: readonly Warehouse[], excluded: readonly string[]): Set<string> {
  const left = new Set(excluded.map((id) => id.toLowerCase()))
  const included = warehouses.filter(({ id, isActive }) => isActive && !left.has(id.toLowerCase()))
  return new Set(included.map(({ id }) => id))
}

/**
 * Checks the list of warehouses against the balances of a batch. If it is empty or names none of theirs, the list is
 * wrong: with it, every SKU would be 0. Inactive and excluded warehouses are listed too, so excluding all is possible.
 * @throws {UpstreamError} `malformed`, here or from `check`
 */
function checkedList(warehouses: readonly Warehouse[]) {
  const ids = new Set(warehouses.map(({ id }) => id))
  if (ids.size === 0) throw malformed(LOGISTICS, 'the list of warehouses is empty')
  let named = 0
  let isMet = false
  return {
    /** Takes note of a SKU's balances, and returns them. */
    meet: (balances: Balance[]): Balance[] => {
      if (balances.length > 0) named++
      isMet ||= balances.some(({ warehouseId }) => ids.has(warehouseId))
      return balances
    },
    check: () => {
      if (isMet || named === 0) return
      const detail = `none of the ${ids.size} listed warehouses is in any of ${named} SKUs' balances`
      throw malformed(LOGISTICS, detail)
    },
  }
}

/**
 * Returns a function that reads a SKU's details with the components of a kit. Saves in `kits/` that the components
 * belong to the kit, before it returns: so no later change of a component misses the kit.
 */
export const detailsWithComponents =
  (catalog: Pick<Catalog, 'stockedSku' | 'components'>, documents: Documents) =>
  async (kitId: number): Promise<SkuDetails> => {
    const details = await catalog.stockedSku(kitId)
    // An inactive kit is not sold, whatever its components are.
    if (!details.isKit || !details.isActive) return details
    const withState = async (component: Component): Promise<KitComponent> => {
      const { skuId } = component
      const { isActive, isKit } = await asComponent(skuId, catalog.stockedSku(skuId))
      // VTEX documents no kits of kits.
      if (isKit) throw malformed('VTEX catalog', `component ${skuId} of this kit is a kit itself`)
      return { ...component, isActive }
    }
    const components = await Promise.all((await catalog.components(kitId)).map(withState))
    await noteKit(documents, kitId, pluck('skuId', components))
    return { ...details, components }
  }

/** Whether the details have all that the SKU's quantity depends on, besides stock. */
const isWhole = ({ isKit, isActive, components }: SkuDetails): boolean =>
  isKit === false || !isActive || (isKit === true && components !== undefined)

/** Whether the SKU's stock is that of its components. VTEX then has no balance for the SKU itself. */
const isMadeUp = ({ components = [] }: SkuDetails): boolean => components.length > 0

/** Reads the components' stock; returns the sellable kits, 0 if a component is inactive. */
async function sellableKits(
  { components = [] }: SkuDetails,
  balances: (skuId: number) => Promise<Balance[]>,
  rules: QuantityRules
): Promise<number> {
  if (!components.every(({ isActive }) => isActive)) return 0
  const stockOf = async ({ skuId, quantity }: KitComponent) => {
    return { quantity, balances: await asComponent(skuId, balances(skuId)) }
  }
  return kitQuantity(await Promise.all(components.map(stockOf)), rules)
}

/**
 * Returns the balances of a SKU without components.
 * @throws {UpstreamError} `malformed` for a kit without balances: VTEX may have left out its components, so it is not 0
 */
function ownBalances({ isKit }: SkuDetails, balances: readonly Balance[]) {
  if (!isKit || balances.length > 0) return balances
  throw malformed(LOGISTICS, 'a kit without components and without a balance of its own')
}

/** A component's error as its kit's. `missing` would mean that the kit itself is gone. */
async function asComponent<T>(skuId: number, reading: Promise<T>): Promise<T> {
  try {
    return await reading
  } catch (thrown) {
    if (!(thrown instanceof UpstreamError)) throw thrown
    const { upstream, kind, detail, status, retryAfterMs } = thrown
    const kitKind = kind === 'missing' ? 'malformed' : kind
    const text = `component ${skuId} of this kit: ${detail}`
    throw new UpstreamError(upstream, kitKind, text, status, retryAfterMs)
  }
}

const malformed = (upstream: string, detail: string) =>
  new UpstreamError(upstream, 'malformed', detail)
