import type { Settings } from '../../node/settings/settings'
import { centraStock } from '../../node/sources/centraStock'
import { marketplace } from '../../node/sources/marketplace'
import { ownStock } from '../../node/sources/ownStock'
import { openSkuDetails } from '../../node/sources/skuDetails'
import type { DirectReads, PagedSource, SkuBatch, SkuSource } from '../../node/sources/source'
import type { Documents } from '../../node/state/documents'
import { type Catalog, OTHER_SELLERS, refIdOf } from './catalog'

export const CENTRA_SELLER = 'centra'

/** What the sources of one process are read from. */
export interface Upstreams {
  catalog: Catalog
  documents: Documents
  settings: Settings
  /** Moments for offers, UTC milliseconds. */
  now: () => number
  /** Resolves when a page of SKU ids may be asked for. */
  page: () => Promise<void>
  /** Resolves when a SKU's stock was answered. */
  sku: () => Promise<void>
  /** Takes note of any other request. */
  other: () => void
}

const contextsOf =
  ({ catalog, documents, now, other }: Upstreams) =>
  async (slice: SkuBatch) => {
    const read = async (skuId: number) => {
      other()
      return catalog.context(skuId)
    }
    return openSkuDetails(read, documents, slice, now)
  }

/** The account's own stock, as the app reads it, from answers that come at once. */
export function ownSource(upstreams: Upstreams): SkuSource {
  const { catalog, settings, now, page, sku, other } = upstreams
  const admission = async () => undefined
  const reads = {
    catalog: {
      admission,
      skuIds: async (number: number) => {
        await page()
        return catalog.page(number)
      },
    },
    logistics: {
      admission,
      warehouses: async () => {
        other()
        return [{ id: '1_1', isActive: true }]
      },
      balances: async (skuId: number) => {
        await sku()
        const totalQuantity = catalog.quantity(skuId)
        const stock = { totalQuantity, reservedQuantity: 0, hasUnlimitedQuantity: false }
        return [{ warehouseId: '1_1', ...stock }]
      },
    },
  }
  return ownStock(reads, settings, contextsOf(upstreams), now)
}

/** Two other sellers, each of which sells every SKU. */
export function otherSource(upstreams: Upstreams): SkuSource {
  const { catalog, settings, now, page, sku } = upstreams
  const sellers = OTHER_SELLERS.map((id) => ({ id, name: id, isActive: true }))
  const admission = async () => undefined
  const reads = {
    sellers: async () => new Map(sellers.map((seller) => [seller.id, seller])),
    catalog: { admission },
    skuBindings: {
      admission,
      skuIds: async (_sellerId: string, number: number) => {
        await page()
        return catalog.page(number)
      },
    },
    offers: {
      admission,
      ofProduct: async () => new Map(),
      ofSku: async (_productId: number, skuId: number) => {
        await sku()
        catalog.requests++
        const quantity = catalog.quantity(skuId)
        return new Map(OTHER_SELLERS.map((id) => [id, [{ salesChannel: '1', quantity }]]))
      },
    },
  }
  return marketplace(reads, settings, { inactiveToo: false }, contextsOf(upstreams), now)
}

const CENTRA_ROWS = 100

/** Stock in Centra that nobody changes. */
export function centraSource({ catalog, now }: Upstreams): PagedSource {
  const row = (index: number) => ({
    ...{ stockItemId: index + 1, sku: refIdOf(catalog.skuId(index)), variantSku: '', sizeSku: '' },
    ...{ active: true, availableStock: 7 },
  })
  const all = Array.from({ length: CENTRA_ROWS }, (_, index) => row(index))
  return centraStock(
    {
      stock: async ({ stock_modified, modified, stockItemId }) => {
        if (stock_modified !== undefined || modified !== undefined) return { rows: [] }
        return {
          rows: all.filter((each) => (stockItemId ?? each.stockItemId) === each.stockItemId),
        }
      },
      match: async (rows) =>
        new Map(
          rows.map(({ stockItemId }) => {
            const skuId = catalog.skuId(stockItemId - 1)
            return [stockItemId, { skuId, isActive: true, refId: refIdOf(skuId) }]
          })
        ),
    },
    { sellerId: CENTRA_SELLER, timeZone: 'UTC' },
    { safetyStock: 0 },
    now
  )
}

/** What is asked of VTEX about single SKUs. */
export function directReads({ catalog }: Upstreams): DirectReads {
  return {
    skuDetails: async (skuId) => catalog.context(skuId),
    skuIdOf: async (_identifier, refId) => Number(refId.slice(1)),
    sellers: async () => new Map(OTHER_SELLERS.map((id) => [id, { isActive: true }])),
  }
}
