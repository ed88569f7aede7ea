import type { Account } from '../account'
import { bindingsOf } from '../bindings'
import { parseSkuId } from '../ids'
import { skuIdByEan, skuIdByRefId } from '../references'
import { type ApiRequest, type ApiResponse, badRequest, notFound, ok, positive } from './endpoint'
import { NO_COMMISSION, otherFields } from './sku-record'

const MAX_PAGE_SIZE = 1000

/** VTEX: `GET stockkeepingunitids?page&pagesize`, both required -> [int], at most 1000, [] past the end. */
export function skuIds({ account, query }: ApiRequest): ApiResponse {
  const page = positive(query, 'page')
  const size = positive(query, 'pagesize')
  if (!page || !size) return badRequest('page and pagesize must be positive integers')
  if (size > MAX_PAGE_SIZE) return badRequest(`pagesize must be at most ${MAX_PAGE_SIZE}`)
  return ok(account.catalog.listed((page - 1) * size, page * size))
}

/** VTEX: `GET stockkeepingunitbyid/{skuId}` -> the SKU's record; 404 for an unknown one. */
export function skuById({ account, path }: ApiRequest): ApiResponse {
  const id = parseSkuId(path[0] ?? '')
  const context = id === undefined ? undefined : skuDetails(account, id)
  return context ? ok(context) : notFound('SKU not found.')
}

/** VTEX: `GET stockkeepingunitbyean/{ean}` -> the same record. */
export function skuByEan({ account, path }: ApiRequest): ApiResponse {
  const id = skuIdByEan(account, path[0] ?? '')
  const context = id === undefined ? undefined : skuDetails(account, id)
  return context ? ok(context) : notFound('SKU not found.')
}

/**
 * VTEX: `POST stockkeepingunitidsbyrefids` [ref] -> {ref: "skuId"}; 500 for duplicates. A reference without a SKU is
 * absent or null: here alternately.
 */
export function skuIdsByRefIds({ account, body }: ApiRequest): ApiResponse {
  const refs = parseRefs(body)
  if (!refs) return badRequest('the body must be a JSON array of strings')
  if (new Set(refs).size < refs.length) {
    return { status: 500, body: 'An item with the same key has already been added.' }
  }
  const entries = refs.flatMap((ref, index): [string, string | null][] => {
    const id = skuIdByRefId(account, ref)
    if (id !== undefined) return [[ref, String(id)]]
    return index % 2 === 0 ? [] : [[ref, null]]
  })
  return ok(Object.fromEntries(entries))
}

function parseRefs(body: string): string[] | undefined {
  try {
    const refs: unknown = JSON.parse(body)
    const strings = Array.isArray(refs) && refs.every((ref) => typeof ref === 'string')
    return strings ? refs : undefined
  } catch {
    return undefined
  }
}

function skuDetails(account: Account, id: number) {
  const sku = account.indexedSku(id)
  if (!sku) return undefined
  const own = {
    SellerId: '1',
    StockKeepingUnitId: id,
    SellerStockKeepingUnitId: String(id),
    IsActive: true,
    ...NO_COMMISSION,
  }
  const others = bindingsOf(account, id).map(({ seller, sellerSkuId, active }) => ({
    SellerId: seller.id,
    StockKeepingUnitId: id,
    SellerStockKeepingUnitId: sellerSkuId,
    IsActive: active,
    ...NO_COMMISSION,
  }))
  return {
    ...otherFields(sku),
    Id: id,
    ProductId: sku.productId,
    IsActive: sku.active,
    IsProductActive: sku.productActive,
    ProductRefId: `P-${sku.productId}`,
    AlternateIds: { Ean: sku.ean, RefId: sku.refId },
    AlternateIdValues: [sku.ean, sku.refId].filter((value) => value !== undefined),
    SkuSellers: [own, ...others],
    SalesChannels: sku.salesChannels,
    IsKit: sku.kit,
    KitItems: account.kits.components(id).map(({ skuId }) => String(skuId)),
  }
}
