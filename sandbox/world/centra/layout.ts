/**
 * How a seeded row names a VTEX SKU:
 *
 * | claim | its EAN | its full SKU (`sku + variantSku + sizeSku`) |
 * |---|---|---|
 * | ean | the SKU's | unknown to VTEX |
 * | eanAndSku | the SKU's | the SKU's RefId |
 * | eanOverSku | the SKU's | the RefId of another SKU |
 * | sku | none | the SKU's RefId |
 * | skuDespiteEan | unknown to VTEX | the SKU's RefId |
 * | twin | none | the RefId of the SKU that the row before it is |
 * | own | unknown to VTEX, or none | unknown to VTEX |
 */
export type Claim = 'ean' | 'eanAndSku' | 'eanOverSku' | 'sku' | 'skuDespiteEan' | 'twin' | 'own'

/** What is odd about a seeded row's stock. */
export type StockOddity = 'inactive' | 'negative' | 'soldOut'

/** A row's place in its block. */
export interface Slot {
  claim: Claim
  oddity?: StockOddity
  /** Which of the block's products and variants it belongs to. */
  product: number
  variant: number
  /** Which of its variant's sizes it is, and of how many. */
  size: number
  sizes: number
  /** Which of the VTEX SKUs that the block shares it names; absent for `own`. */
  shared?: number
}

interface Product {
  variants: number
  rows: readonly Claim[]
}

const oneSize = (claim: Claim): Product => ({ variants: 1, rows: [claim] })

// Rows that are told by their full SKU are products of one size: the others share their product's SKU.
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

/** The rows of a block, which all blocks have alike. */
export const SLOTS: readonly Slot[] = lay()

/** What a block has of each. */
export const BLOCK = {
  rows: SLOTS.length,
  products: PRODUCTS.length,
  variants: PRODUCTS.reduce((sum, { variants }) => sum + variants, 0),
  shared: new Set(SLOTS.flatMap(({ shared }) => shared ?? [])).size,
}
