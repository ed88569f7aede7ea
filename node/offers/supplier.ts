import { fitsXml, isShort, MOST_CHARACTERS } from './offerSku'

/** The seller of an offer, and its own SKU. */
export interface Supplier {
  name: string
  /** The seller's SKU id; absent if Intershop cannot take it unchanged. */
  sku?: string | undefined
}

/**
 * Returns what Intershop gets about the seller of an offer.
 * @param seller without a usable name its id is the name
 */
export function supplierOf(
  seller: { id: string; name?: string | null | undefined },
  sellerSkuId: string
): Supplier {
  const name = shortened(seller.name ?? '') || seller.id
  return isUsable(sellerSkuId) ? { name, sku: sellerSkuId } : { name }
}

/** A name may be cut, since only people read it. */
const shortened = (name: string) =>
  [...name.trim()].filter(fitsXml).slice(0, MOST_CHARACTERS).join('').trim()

/** An id may not be cut: it would be another SKU's. */
const isUsable = (id: string) => id.trim() === id && id !== '' && isShort(id) && fitsXml(id)
