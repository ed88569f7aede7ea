import { hash } from '../../common/hash'
import { BLOCK, SLOTS } from './layout'

const FIRST_STOCK_ITEM = 3_000
const STRIDE = 3
const FIRST_PRODUCT = 1_001
const FIRST_VARIANT = 2_002

/** Maps row numbers to ids and back. Ids ascend; stock item ids have gaps. */
export class RowIds {
  /** @param seeded number of generated rows, in whole blocks */
  constructor(
    private readonly seed: number,
    private readonly seeded: number
  ) {}

  stockItemId(number: number): number {
    return FIRST_STOCK_ITEM + number * STRIDE + (hash(this.seed, number, 72) % STRIDE)
  }

  productId(number: number): number {
    const { block, slot, added } = this.placeOf(number)
    return FIRST_PRODUCT + block * BLOCK.products + (slot?.product ?? 0) + added
  }

  variantId(number: number): number {
    const { block, slot, added } = this.placeOf(number)
    return FIRST_VARIANT + block * BLOCK.variants + (slot?.variant ?? 0) + added
  }

  /** The row number of a stock item id, whether or not the row exists. */
  numberOf(stockItemId: number): number | undefined {
    const number = Math.floor((stockItemId - FIRST_STOCK_ITEM) / STRIDE)
    return number >= 0 && this.stockItemId(number) === stockItemId ? number : undefined
  }

  // An added row is the only one of its product.
  private placeOf(number: number) {
    if (number < this.seeded) {
      return { block: Math.floor(number / BLOCK.rows), slot: SLOTS[number % BLOCK.rows], added: 0 }
    }
    return { block: this.seeded / BLOCK.rows, slot: undefined, added: number - this.seeded }
  }
}
