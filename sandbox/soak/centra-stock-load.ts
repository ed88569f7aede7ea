import { seededRandom } from '../common/random'
import type { Company } from '../world/centra/company'
import { availableOf } from '../world/centra/row'
import { repeatAtRate } from './repeat-at-rate'

/** Every so many rows, one is never sold out. */
const KEPT_IN_STOCK_EVERY = 5
const MAX_UNITS = 60

/** Load generator for Centra stock; the same seed gives the same changes. */
export class CentraStockLoad {
  /** Changes made. */
  changes = 0
  private readonly ids: number[]
  private readonly random: () => number

  constructor(
    private readonly company: Company,
    seed: number
  ) {
    this.ids = [...company.rows()].map(({ stockItemId }) => stockItemId)
    this.random = seededRandom(seed + 300)
  }

  /** Makes `perSecond` changes a second; returns a function that stops it. */
  start(perSecond: number): () => void {
    return repeatAtRate(perSecond, () => this.change())
  }

  /** Makes one change. */
  change(): void {
    this.changes++
    const index = this.below(this.ids.length)
    // The index is below the length.
    const id = this.ids[index] as number
    const row = this.company.row(id)
    const drawn = this.random()
    const staysInStock = index % KEPT_IN_STOCK_EVERY === 0
    if (row && drawn < 0.5 && availableOf(row) > 1) this.company.sell(id, 1)
    else if (drawn < 0.7 && !staysInStock) this.setAvailable(id, 0)
    else this.setAvailable(id, 2 + this.below(MAX_UNITS))
  }

  private setAvailable(id: number, units: number): void {
    const allocatedStock = this.below(5)
    this.company.setStock(id, { physicalStock: units + allocatedStock, allocatedStock })
  }

  private below(bound: number): number {
    return Math.floor(this.random() * bound)
  }
}
