import { fitsXml, isShort, MOST_CHARACTERS } from './offerSku'

/** Another seller's offer as that seller knows it. */
export interface Supplier {
  name: string
  /** The seller's own id of the SKU; absent where Intershop cannot take it as it is. */
  sku?: string | undefined
}

/**
 * What Intershop is told of the seller of an offer.
 * @param name empty or absent: the seller is known by its id
 */
export function supplierOf(
  seller: { id: string; name?: string | null | undefined },
  sellerSkuId: string
): Supplier {
  const name = shortened(seller.name ?? '') || seller.id
  return isUsable(sellerSkuId) ? { name, sku: sellerSkuId } : { name }
}

/** A name is for people: better a part of it than none. */
const shortened = (name: string) =>
  [...name.trim()].filter(fitsXml).slice(0, MOST_CHARACTERS).join('').trim()

/** A part of an id would be another's. */
const isUsable = (id: string) => id.trim() === id && id !== '' && isShort(id) && fitsXml(id)
