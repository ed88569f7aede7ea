import type { Balance, Warehouse } from '../clients/logistics'
import { UpstreamError } from '../clients/upstreamError'

/**
 * The warehouses that VTEX lists. Where the list does not fit the balances, nothing could be sold of any SKU, and
 * it is rather the list that is wrong. An inactive warehouse is listed, and so is one that a setting excludes: whoever
 * switched all of them off has zeros.
 */
export class ListedWarehouses {
  private readonly ids: ReadonlySet<string>
  private named = 0
  private isMet = false

  /** @throws {UpstreamError} where there is none */
  constructor(warehouses: readonly Warehouse[]) {
    this.ids = new Set(warehouses.map(({ id }) => id))
    if (this.ids.size === 0) throw unusable('the list of warehouses is empty')
  }

  /** Takes note of a SKU's balances, and answers them. */
  meet(balances: Balance[]): Balance[] {
    if (balances.length > 0) this.named++
    this.isMet ||= balances.some(({ warehouseId }) => this.ids.has(warehouseId))
    return balances
  }

  /** @throws {UpstreamError} where balances named warehouses, and none that is listed */
  check() {
    if (this.isMet || this.named === 0) return
    throw unusable(
      `none of the ${this.ids.size} listed warehouses is in any of ${this.named} SKUs' balances`
    )
  }
}

const unusable = (detail: string) => new UpstreamError('VTEX logistics', 'malformed', detail)
