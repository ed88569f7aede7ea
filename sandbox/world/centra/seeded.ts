import { hash } from '../../common/hash'
import { Permutation } from '../commerce/permutation'
import { identityOf } from './identity'
import { RowIds } from './ids'
import { BLOCK, SLOTS, type Slot } from './layout'
import type { Moments, Row } from './row'
import { SharedSkus } from './shared'

const CREATED_FROM = Date.UTC(2021, 0, 1)
const MODIFIED_FROM = Date.UTC(2023, 0, 1)
const STOCK_MODIFIED_FROM = Date.UTC(2024, 0, 1)
/** Generated times are before this time, changes after it. */
export const SEEDED_UNTIL = Date.UTC(2025, 0, 1)
const SECOND = 1_000

const BRANDS = ['Kronan', 'Fjällbäck', 'Ström & Dal', 'O’Hara']
const COLLECTIONS = ['ALL', 'SS24', 'AW <24>']
const PRODUCTS = ['Cykel', 'Mössa', 'Jacka', 'Strumpor', 'Ryggsäck']
const COLOURS = ['SVART', 'BRUN', 'BLÅ', 'GRÖN']
const SIZES = ['S', 'M', 'L']
const CATEGORIES = ['Outdoor', null, 'Herr > Skor', '']
const COUNTRIES = ['', 'SE', 'PT', 'CN']

/** The generated rows of a company: pure functions of the catalog's size and seed, not kept in memory. */
export class SeededRows {
  readonly count: number
  readonly ids: RowIds
  private readonly shared: SharedSkus
  // The order of their last stock changes.
  private readonly order: Permutation

  /** @param size number of SKUs of the VTEX catalog with the same seed */
  constructor(
    size: number,
    private readonly seed: number
  ) {
    this.shared = new SharedSkus(size, seed)
    this.count = this.shared.blocks * BLOCK.rows
    this.ids = new RowIds(seed, this.count)
    this.order = new Permutation(this.count, hash(seed, 74))
  }

  /** The row number at a position in the order of stock changes. */
  byModification(position: number): number {
    return this.order.at(position)
  }

  moments(number: number): Moments {
    const within = (from: number, until: number, salt: number) =>
      from + (hash(this.seed, number, salt) % ((until - from) / SECOND)) * SECOND
    const step = (SEEDED_UNTIL - STOCK_MODIFIED_FROM) / this.count
    return {
      created: within(CREATED_FROM, MODIFIED_FROM, 75),
      modified: within(MODIFIED_FROM, STOCK_MODIFIED_FROM, 76),
      stockModified: STOCK_MODIFIED_FROM + Math.floor(this.order.positionOf(number) * step),
    }
  }

  row(number: number): Row {
    // Each number has a slot.
    const slot = SLOTS[number % BLOCK.rows] as Slot
    const { ids, seed } = this
    const productId = ids.productId(number)
    const variantId = ids.variantId(number)
    return {
      number,
      stockItemId: ids.stockItemId(number),
      variantId,
      productId,
      ...identityOf(seed, this.shared, { number, slot, productId }),
      ...descriptionOf(productId, variantId, slot),
      upc: number % 4 === 0 ? null : number % 4 === 1 ? '' : `0${String(number).padStart(11, '0')}`,
      sizeComment: number % 3 === 0 ? null : `Size comment ${number % 7}`,
      active: slot.oddity !== 'inactive',
      ...stockOf(slot, hash(seed, number, 77)),
      ...this.moments(number),
      removed: false,
    }
  }
}

/** Names and attributes of product, variant and size. */
function descriptionOf(productId: number, variantId: number, slot: Slot) {
  const pick = <T>(texts: readonly T[], drawn: number) => texts[drawn % texts.length] as T
  const odd = productId % 5
  return {
    product: `${pick(PRODUCTS, productId)} ${productId}`,
    variant: pick(COLOURS, variantId),
    size: slot.sizes > 1 ? pick(SIZES, slot.size) : 'ONE SIZE',
    brand: odd === 0 ? null : odd === 1 ? '' : pick(BRANDS, productId),
    collection: odd === 2 ? null : odd === 3 ? '' : pick(COLLECTIONS, productId),
    categoryName: pick(CATEGORIES, productId),
    weight: pick([22, '0.45', 1.5, '22.00'], productId),
    weightUnit: productId % 6 === 0 ? ('lb' as const) : ('kg' as const),
    countryOfOrigin: pick(COUNTRIES, productId),
    harmCode: productId % 7 === 0 ? '' : `8712${String(productId % 10_000).padStart(4, '0')}`,
    harmDescription: productId % 7 === 0 ? '' : 'Cyklar & delar',
  }
}

function stockOf({ oddity }: Slot, drawn: number): Pick<Row, 'physical' | 'allocated'> {
  const allocated = (drawn >>> 8) % 8
  if (oddity === 'soldOut') return { physical: allocated, allocated }
  if (oddity === 'negative') return { physical: drawn % 5, allocated: (drawn % 5) + 3 }
  return { physical: allocated + 2 + (drawn % 60), allocated }
}
