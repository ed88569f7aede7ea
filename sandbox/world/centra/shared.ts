import { hash } from '../../common/hash'
import { idAt } from '../commerce/ids'
import { BLOCK } from './layout'

/** A block of rows for so many SKUs of VTEX's catalog: about a tenth of it is shared. */
const SKUS_FOR_A_BLOCK = 10 * BLOCK.shared
/** Has no factor in common with the number of SKUs that a block shares. */
const STEP = 7

/** Which of the seeded SKUs of a VTEX catalog the company has too, as a pure function of its size and seed. */
export class SharedSkus {
  /** Blocks of rows; one at least. */
  readonly blocks: number
  private readonly stride: number

  constructor(
    private readonly size: number,
    private readonly seed: number
  ) {
    this.blocks = Math.max(1, Math.round(size / SKUS_FOR_A_BLOCK))
    this.stride = Math.max(1, Math.floor(size / (this.blocks * BLOCK.shared)))
  }

  /** The id of one of the SKUs that a block shares; undefined when the catalog is too small for it. */
  skuIdOf(block: number, ordinal: number): number | undefined {
    const shuffled = (ordinal * STEP + hash(this.seed, block, 70)) % BLOCK.shared
    const place = block * BLOCK.shared + shuffled
    const index = place * this.stride + (hash(this.seed, place, 71) % this.stride)
    return index < this.size ? idAt(this.seed, index) : undefined
  }
}
