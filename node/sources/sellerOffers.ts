import type { SkuDetails } from '../clients/catalog'
import type { SkuOffers } from '../clients/offers'
import type { ErrorSummary } from '../common/errors'
import { codeOf, UpstreamError } from '../common/upstreamError'
import { supplierOf } from '../offers/offerSku'
import { type SellerQuantityRules, sellerQuantity } from '../offers/quantity'
import type { RegisteredSeller } from './sellerRegister'
import type { SkuReading } from './source'

/** Sellers whose offers are exported, by id. */
export type Sellers = ReadonlyMap<string, RegisteredSeller>

/** A seller that is bound to a SKU. */
interface Binding {
  seller: RegisteredSeller
  sellerSkuId: string
  /** SKU, binding and seller are all active. */
  isSellable: boolean
}

/** The offers of a SKU, or why they could not be read. */
export type Asked =
  | { offers: SkuOffers /** When, if they were read before the SKU was. */; observedAt?: number }
  | { failure: ErrorSummary }

/**
 * The bindings of a SKU to exported sellers, active or not.
 * @throws {UpstreamError} `malformed` if the details have no sellers
 */
export function bindingsOf(details: SkuDetails, sellers: Sellers): Binding[] {
  if (!details.sellers) {
    const detail = `SkuSellers: expected the sellers of SKU ${details.skuId}`
    throw new UpstreamError('VTEX catalog', 'malformed', detail)
  }
  return details.sellers.flatMap(({ sellerId, sellerSkuId, isActive }) => {
    const seller = sellers.get(sellerId)
    const isSellable = details.isActive && isActive && seller?.isActive === true
    return seller ? [{ seller, sellerSkuId, isSellable }] : []
  })
}

/** Whether offers and bindings name different sellers: then one of both is outdated. */
export function bindingsChanged(
  bindings: readonly Binding[],
  asked: Asked,
  sellers: Sellers
): boolean {
  // The SKU may have another product by now.
  if ('failure' in asked) return asked.failure.code === codeOf('missing')
  const offering = [...asked.offers.keys()].filter((id) => sellers.get(id)?.isActive)
  const selling = bindings.filter(({ isSellable }) => isSellable).map(({ seller }) => seller.id)
  return offering.length !== selling.length || !selling.every((id) => asked.offers.has(id))
}

/**
 * The offers of a SKU. A sellable binding without an offer is 0, since nobody can buy it. An offer
 * without a quantity is a failure.
 * @param asked read only for sellable bindings
 * @param observedAt UTC milliseconds, before the read
 */
export function readingOf(
  { skuId, refId, ean }: SkuDetails,
  bindings: readonly Binding[],
  asked: Asked,
  rules: SellerQuantityRules,
  observedAt: number
): SkuReading {
  const reading: SkuReading = { offers: [], failures: [] }
  for (const { seller, sellerSkuId, isSellable } of bindings) {
    const { id: sellerId } = seller
    const found = isSellable ? quantityOf(sellerId, asked, rules) : { quantity: 0 }
    if ('failure' in found) reading.failures.push({ skuId, sellerId, ...found.failure })
    else {
      const supplier = supplierOf(seller, sellerSkuId)
      reading.offers.push({ skuId, sellerId, ...found, observedAt, refId, ean, supplier })
    }
  }
  return reading
}

function quantityOf(
  sellerId: string,
  asked: Asked,
  rules: SellerQuantityRules
): { quantity: number } | { failure: ErrorSummary } {
  if ('failure' in asked) return asked
  const found = sellerQuantity(asked.offers.get(sellerId) ?? [], rules)
  if ('quantity' in found) return found
  const message = `VTEX offers: seller ${sellerId}: ${found.unknown}`
  return { failure: { code: 'upstream_malformed', message } }
}
