/**
 * How a generated row refers to a VTEX SKU:
 *
 * | claim | its EAN | its full SKU (`sku + variantSku + sizeSku`) |
 * |---|---|---|
 * | ean | the SKU's | unknown to VTEX |
 * | eanAndSku | the SKU's | the SKU's RefId |
 * | eanOverSku | the SKU's | the RefId of another SKU |
 * | sku | none | the SKU's RefId |
 * | skuDespiteEan | unknown to VTEX | the SKU's RefId |
 * | twin | none | the RefId of the SKU of the row before |
 * | own | unknown to VTEX, or none | unknown to VTEX |
 */
export type Claim = 'ean' | 'eanAndSku' | 'eanOverSku' | 'sku' | 'skuDespiteEan' | 'twin' | 'own'

/** Unusual stock of a generated row. */
export type StockOddity = 'inactive' | 'negative' | 'soldOut'

/** A row's position in its block. */
export interface Slot {
  claim: Claim
  oddity?: StockOddity
  /** Index of its product and variant in the block. */
  product: number
  variant: number
  /** Index of its size, and number of sizes of its variant. */
  size: number
  sizes: number
  /** Index of the block's shared VTEX SKU that it refers to; absent for `own`. */
  shared?: number
}

interface Product {
  variants: number
  rows: readonly Claim[]
}

const oneSize = (claim: Claim): Product => ({ variants: 1, rows: [claim] })

// Rows that are matched by full SKU are products of one size; the sizes of a product share its SKU.
const PRODUCTS: readonly Product[] = [
  { variants: 2, rows: ['ean', 'ean', 'ean', 'ean', 'ean', 'ean'] },
  { variants: 2, rows: ['ean', 'ean', 'ean', 'ean', 'ean', 'own'] },
  { variants: 1, rows: ['own', 'own', 'own'] },
  ...(['eanAndSku', 'eanAndSku', 'sku', 'sku', 'sku'] as const).map(oneSize),
  ...(['skuDespiteEan', 'skuDespiteEan', 'eanOverSku', 'ean', 'twin'] as const).map(oneSize),
]

const ODDITIES: Readonly<Record<number, StockOddity>> = {
  1: 'inactive',
  4: 'negative',
  7: 'soldOut',
  18: 'inactive',
  19: 'negative',
}

function lay(): Slot[] {
  const slots: Slot[] = []
  let variant = 0
  let shared = 0
  PRODUCTS.forEach(({ variants, rows }, product) => {
    const sizes = rows.length / variants
    rows.forEach((claim, index) => {
      const oddity = ODDITIES[slots.length]
      const place = { product, variant: variant + Math.floor(index / sizes), size: index % sizes }
      const names = claim === 'own' ? {} : { shared: claim === 'twin' ? shared - 1 : shared++ }
      slots.push({ claim, ...(oddity && { oddity }), ...place, sizes, ...names })
    })
    variant += variants
  })
  return slots
}

/** The rows of a block; all blocks are alike. */
export const SLOTS: readonly Slot[] = lay()

/** Numbers per block. */
export const BLOCK = {
  rows: SLOTS.length,
  products: PRODUCTS.length,
  variants: PRODUCTS.reduce((sum, { variants }) => sum + variants, 0),
  shared: new Set(SLOTS.flatMap(({ shared }) => shared ?? [])).size,
}
