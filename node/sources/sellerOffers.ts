import type { SkuDetails } from '../clients/catalog'
import type { SkuOffers } from '../clients/offers'
import { codeOf, UpstreamError } from '../common/upstreamError'
import { type SellerQuantityRules, sellerQuantity } from '../offers/quantity'
import { supplierOf } from '../offers/supplier'
import type { ReadFailure } from './itemFailure'
import type { RegisteredSeller } from './sellerRegister'
import type { SkuReading } from './source'

/** Sellers whose offers are exported, by id. */
export type Sellers = ReadonlyMap<string, RegisteredSeller>

/** A seller that is bound to a SKU. */
export interface BoundSeller {
  seller: RegisteredSeller
  sellerSkuId: string
  /** SKU, binding and seller are all active. */
  maySell: boolean
}

/** The offers of a SKU, or why they could not be read. */
export type Asked = { offers: SkuOffers } | { failure: ReadFailure }

/**
 * The exported sellers that are bound to a SKU, actively or not.
 * @throws {UpstreamError} where VTEX did not tell its sellers
 */
export function boundSellers(context: SkuDetails, sellers: Sellers): BoundSeller[] {
  if (!context.sellers) {
    const detail = `SkuSellers: expected the sellers of SKU ${context.skuId}`
    throw new UpstreamError('VTEX catalog', 'malformed', detail)
  }
  return context.sellers.flatMap(({ sellerId, sellerSkuId, isActive }) => {
    const seller = sellers.get(sellerId)
    const maySell = context.isActive && isActive && seller?.isActive === true
    return seller ? [{ seller, sellerSkuId, maySell }] : []
  })
}

/**
 * Whether the offers are of other sellers than those that are bound: then one of both is older than the other.
 * @param bound as they were read some time ago
 */
export function bindingsChanged(
  bound: readonly BoundSeller[],
  asked: Asked,
  sellers: Sellers
): boolean {
  // The product by which they were asked for may be another one by now.
  if ('failure' in asked) return asked.failure.code === codeOf('missing')
  const offering = [...asked.offers.keys()].filter((id) => sellers.get(id)?.isActive)
  const selling = bound.filter(({ maySell }) => maySell).map(({ seller }) => seller.id)
  return offering.length !== selling.length || !selling.every((id) => asked.offers.has(id))
}

/**
 * What is exported of a SKU. A seller that may sell it and of whom the marketplace has no offer cannot be bought
 * from: 0. Of one whose offer says no quantity nothing is known.
 */
export function readingOf(
  { skuId, refId, ean }: SkuDetails,
  bound: readonly BoundSeller[],
  asked: Asked,
  rules: SellerQuantityRules,
  observedAt: number
): SkuReading {
  const reading: SkuReading = { offers: [], failures: [] }
  for (const { seller, sellerSkuId, maySell } of bound) {
    const { id: sellerId } = seller
    const found = maySell ? quantityOf(sellerId, asked, rules) : { quantity: 0 }
    if ('failure' in found) {
      reading.failures.push({ skuId, sellerId, ...found.failure })
      continue
    }
    const supplier = supplierOf(seller, sellerSkuId)
    reading.offers.push({ skuId, sellerId, ...found, observedAt, refId, ean, supplier })
  }
  return reading
}

function quantityOf(
  sellerId: string,
  asked: Asked,
  rules: SellerQuantityRules
): { quantity: number } | { failure: ReadFailure } {
  if ('failure' in asked) return asked
  const found = sellerQuantity(asked.offers.get(sellerId) ?? [], rules)
  if ('quantity' in found) return found
  const message = `VTEX offers: seller ${sellerId}: ${found.unknown}`
  return { failure: { code: 'upstream_malformed', message } }
}
