import { seededRandom } from '../common/random'
import type { Account } from '../world/commerce/account'
import { RefusedChange } from '../world/commerce/changes'
import { isIncluded, WAREHOUSES } from '../world/commerce/warehouses'
import { repeatAtRate } from './repeat-at-rate'

const MAIN = '1_1'
/** Every so many SKUs, one is never sold out or deactivated. */
const KEPT_IN_STOCK_EVERY = 10
const MAX_UNITS = 100

/** Load generator for VTEX stock: sales, restocks and changes of SKUs; the same seed gives the same changes. */
export class VtexStockLoad {
  /** Changes made. */
  changes = 0
  private readonly ids: number[]
  private readonly soldOut: number[] = []
  private readonly random: () => number

  constructor(
    private readonly account: Account,
    seed: number
  ) {
    this.ids = [...account.catalog.ids()]
    this.random = seededRandom(seed + 100)
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
    const chosen = this.ids[index] as number
    // A kit's stock is that of its components.
    const skuId = this.account.kits.stockedSku(chosen)
    const drawn = this.random()
    if (index % KEPT_IN_STOCK_EVERY === 0) this.restock(skuId)
    else if (drawn < 0.45) this.sell(skuId)
    else if (drawn < 0.6) this.restock(skuId)
    else if (drawn < 0.75) this.sellOut(skuId)
    else if (drawn < 0.9) this.restock(this.soldOut.shift() ?? skuId)
    else this.account.setActive(chosen, !this.account.sku(chosen)?.active)
  }

  private sell(skuId: number): void {
    try {
      this.account.sell(skuId, 1 + this.below(3))
    } catch (error) {
      if (!(error instanceof RefusedChange)) throw error
      this.restock(skuId)
    }
  }

  private restock(skuId: number): void {
    const total = 1 + this.below(MAX_UNITS)
    this.account.setBalance(skuId, MAIN, { total, reserved: 0 })
  }

  private sellOut(skuId: number): void {
    for (const { id } of WAREHOUSES.filter(isIncluded)) {
      this.account.setBalance(skuId, id, { total: 0, reserved: 0, unlimited: false })
    }
    this.soldOut.push(skuId)
  }

  private below(bound: number): number {
    return Math.floor(this.random() * bound)
  }
}
