/** Fields of a row that can be changed; `null` removes an identifier. */
export interface RowFacts {
  active?: boolean
  ean?: string | null
  sku?: string
  variantSku?: string
  sizeSku?: string | null
}

/** A row of Centra's stock: one size of a variant of a product. Stock is in units. */
export interface Row {
  /** Index among all rows including removed ones, from 0; ids ascend with it. */
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
  /** Includes orders that are not shipped yet. */
  physical: number
  allocated: number
  /** Times in epoch milliseconds. */
  created: number
  modified: number
  stockModified: number
  removed: boolean
}

/** Times of a row's creation, last change and last stock change: epoch milliseconds. */
export type Moments = Pick<Row, 'created' | 'modified' | 'stockModified'>

/** Available units; negative if more are allocated than exist. */
export function availableOf({ physical, allocated }: Pick<Row, 'physical' | 'allocated'>): number {
  return physical - allocated
}

/** Centra: the full SKU of a size is `sku` + `variantSku` + `sizeSku`. */
export function fullSkuOf({
  sku,
  variantSku,
  sizeSku,
}: Pick<Row, 'sku' | 'variantSku' | 'sizeSku'>) {
  return `${sku}${variantSku}${sizeSku ?? ''}`
}
