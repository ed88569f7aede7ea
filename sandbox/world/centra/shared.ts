import { hash } from '../../common/hash'
import { idAt } from '../commerce/ids'
import { BLOCK } from './layout'

/** SKUs of the VTEX catalog per block of rows: about a tenth is shared. */
const SKUS_FOR_A_BLOCK = 10 * BLOCK.shared
/** Coprime to the number of shared SKUs per block. */
const STEP = 7

/** The generated VTEX SKUs that the company has too: a pure function of the catalog's size and seed. */
export class SharedSkus {
  /** Number of blocks, at least one. */
  readonly blocks: number
  private readonly stride: number

  constructor(
    private readonly size: number,
    private readonly seed: number
  ) {
    this.blocks = Math.max(1, Math.round(size / SKUS_FOR_A_BLOCK))
    this.stride = Math.max(1, Math.floor(size / (this.blocks * BLOCK.shared)))
  }

  /** The id of a shared SKU of a block; undefined if the catalog is too small. */
  skuIdOf(block: number, ordinal: number): number | undefined {
    const shuffled = (ordinal * STEP + hash(this.seed, block, 70)) % BLOCK.shared
    const place = block * BLOCK.shared + shuffled
    const index = place * this.stride + (hash(this.seed, place, 71) % this.stride)
    return index < this.size ? idAt(this.seed, index) : undefined
  }
}
