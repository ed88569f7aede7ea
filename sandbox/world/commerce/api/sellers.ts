import type { Account } from '../account'
import { type Binding, bindingsOf, boundTo, quantityIn } from '../bindings'
import { parseSkuId, skuIdsOf } from '../ids'
import { sellableUnits } from '../kit-stock'
import type { Sku } from '../sku'
import { type ApiRequest, type ApiResponse, badRequest, notFound, ok, positive } from './endpoint'

const WINDOW = 100
/** The quantity in offers for own unlimited stock. */
const UNLIMITED = 1_000_000

/** VTEX: `GET sellers?from&to` in windows of 100 -> {items, paging: {from, to, total}}. */
export function sellers({ account, query }: ApiRequest): ApiResponse {
  const from = query.get('from') === '0' ? 0 : positive(query, 'from', 0)
  const to = positive(query, 'to', (from ?? 0) + WINDOW)
  if (from === undefined || to === undefined || to < from) return badRequest('bad from or to')
  if (to - from > WINDOW) return badRequest(`a window holds at most ${WINDOW} sellers`)
  const items = account.sellers
    .slice(from, to)
    .map(({ id, name, active }) => ({ id, name, isActive: active, email: null, groups: [] }))
  return ok({ items, paging: { from, to, total: account.sellers.length } })
}

/** VTEX: `GET skuseller/paged/sellerid/{sellerId}?page&size`, both required -> bindings; [] for an unknown one. */
export function bindings({ account, path, query }: ApiRequest): ApiResponse {
  const page = positive(query, 'page')
  const size = positive(query, 'size')
  if (!page || !size) return badRequest('page and size must be positive integers')
  if (size > WINDOW) return badRequest(`size must be at most ${WINDOW}`)
  const sellerId = path[0] ?? ''
  const { all, skus } = account.marketplace.unlistedOf(sellerId)
  if (all) return ok([])
  const rows = bindingRows(account, sellerId, (page - 1) * size, page * size)
  return ok(rows.filter(({ StockKeepingUnitId }) => !skus.includes(StockKeepingUnitId)))
}

/** VTEX: `GET product/{productId}/sku/{skuId}` -> the offers of each seller. */
export function offers({ account, path }: ApiRequest): ApiResponse {
  const skuId = parseSkuId(path[1] ?? '')
  const sku = skuId === undefined ? undefined : account.sku(skuId)
  if (!sku || String(sku.productId) !== path[0]) return notFound('Offer not found.')
  const { shape } = account.marketplace
  const body = [offersOf(account, sku, (channels) => channels)]
  return ok(shape.pascalCase ? inPascalCase(body) : body)
}

/** VTEX: `GET product/{productId}` -> the offers of all SKUs of a product, each in its first sales channel. */
export function productOffers({ account, path }: ApiRequest): ApiResponse {
  const skus = skuIdsOf(Number(path[0])).flatMap((skuId) => account.sku(skuId) ?? [])
  if (skus.length === 0) return notFound('Offer not found.')
  const body = skus.map((sku) => offersOf(account, sku, ([first]) => first))
  return ok(account.marketplace.shape.pascalCase ? inPascalCase(body) : body)
}

/** The offers of each seller of a SKU. @param answered what an answer has of the sales channels */
function offersOf(account: Account, sku: Sku, answered: (channels: object[]) => unknown) {
  const { shape } = account.marketplace
  const price = account.price(sku.id)
  const own = Math.min(UNLIMITED, sellableUnits(account, sku.id))
  const sold = [
    { sellerId: '1', sellerSkuId: String(sku.id), unitsIn: () => own },
    ...bindingsOf(account, sku.id)
      .filter(({ active }) => active)
      .map((binding) => ({
        sellerId: binding.seller.id,
        sellerSkuId: binding.sellerSkuId,
        unitsIn: (channel: number) => quantityIn(binding, sku.salesChannels, channel),
      })),
  ]
  const sellersOffers = sold.map(({ sellerId, sellerSkuId, unitsIn }) => {
    const channels = sku.salesChannels.map((channel) => ({
      salesChannelId: String(channel),
      ...(!shape.withoutQuantity.includes(sellerId) && { availableQuantity: unitsIn(channel) }),
      price,
    }))
    const [only, ...more] = channels
    const isObject = shape.oneAsObject && more.length === 0
    return { sellerId, sellerSkuId, salesChannelOffer: isObject ? only : answered(channels) }
  })
  return { productId: String(sku.productId), skuId: String(sku.id), sellersOffers }
}

/** Fields whose name differs in PascalCase. */
const OTHER_NAMES: Record<string, string> = { salesChannelOffer: 'OffersPerSalesChannel' }

function inPascalCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inPascalCase)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      OTHER_NAMES[name] ?? name.charAt(0).toUpperCase() + name.slice(1),
      inPascalCase(each),
    ])
  )
}

function bindingRows(account: Account, sellerId: string, from: number, to: number) {
  if (sellerId === '1') {
    return account.catalog
      .rows(from, to)
      .map((skuId) => bindingRow(sellerId, skuId, String(skuId), true))
  }
  const seller = account.sellers.find(({ id }) => id === sellerId)
  const rows: Binding[] = seller ? boundTo(account, seller, from, to) : []
  return rows.map((row) => bindingRow(sellerId, row.skuId, row.sellerSkuId, row.active))
}

function bindingRow(sellerId: string, skuId: number, sellerSkuId: string, active: boolean) {
  return {
    SellerId: sellerId,
    StockKeepingUnitId: skuId,
    SellerStockKeepingUnitId: sellerSkuId,
    IsActive: active,
  }
}
