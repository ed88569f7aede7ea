/** What of a row anybody can change; `null` takes an identifier away. */
export interface RowFacts {
  active?: boolean
  ean?: string | null
  sku?: string
  variantSku?: string
  sizeSku?: string | null
}

/** A row of Centra's stock: one size of a variant of a product. Stock is in units. */
export interface Row {
  /** Its place among all rows that ever were, from 0; the ids ascend with it. */
  number: number
  stockItemId: number
  variantId: number
  productId: number
  sku: string
  variantSku: string
  sizeSku: string | null
  product: string
  variant: string
  size: string
  sizeComment: string | null
  brand: string | null
  collection: string | null
  categoryName: string | null
  ean: string | null
  upc: string | null
  /** Centra: a number or a decimal string. */
  weight: number | string
  weightUnit: 'kg' | 'lb'
  countryOfOrigin: string
  harmCode: string
  harmDescription: string
  active: boolean
  /** Orders not yet shipped are in it. */
  physical: number
  allocated: number
  /** Moments in epoch milliseconds. */
  created: number
  modified: number
  stockModified: number
  removed: boolean
}

/** When a row came, itself changed, and its stock changed: epoch milliseconds. */
export type Moments = Pick<Row, 'created' | 'modified' | 'stockModified'>

/** What can be sold; less than nothing when more is allocated than there is. */
export function availableOf({ physical, allocated }: Pick<Row, 'physical' | 'allocated'>): number {
  return physical - allocated
}

/** Centra: a size's full SKU is its product's, its variant's and its own, one after another. */
export function fullSkuOf({
  sku,
  variantSku,
  sizeSku,
}: Pick<Row, 'sku' | 'variantSku' | 'sizeSku'>) {
  return `${sku}${variantSku}${sizeSku ?? ''}`
}
