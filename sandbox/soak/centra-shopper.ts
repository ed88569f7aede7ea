import { seededRandom } from '../common/random'
import type { Company } from '../world/centra/company'
import { availableOf } from '../world/centra/row'
import { steadily } from './steadily'

/** Of so many rows one never is sold out. */
const SPARED = 5
const MOST_UNITS = 60

/** Changes a company's stock in Centra: the same changes for the same seed. */
export class CentraShopper {
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

  /** Makes `perSecond` changes a second until the function that it answers is called. */
  start(perSecond: number): () => void {
    return steadily(perSecond, () => this.change())
  }

  /** Makes one change. */
  change(): void {
    this.changes++
    const index = this.below(this.ids.length)
    // The index is below the length.
    const id = this.ids[index] as number
    const row = this.company.row(id)
    const drawn = this.random()
    const isSpared = index % SPARED === 0
    if (row && drawn < 0.5 && availableOf(row) > 1) this.company.sell(id, 1)
    else if (drawn < 0.7 && !isSpared) this.setAvailable(id, 0)
    else this.setAvailable(id, 2 + this.below(MOST_UNITS))
  }

  private setAvailable(id: number, units: number): void {
    const allocatedStock = this.below(5)
    this.company.setStock(id, { physicalStock: units + allocatedStock, allocatedStock })
  }

  private below(bound: number): number {
    return Math.floor(this.random() * bound)
  }
}
