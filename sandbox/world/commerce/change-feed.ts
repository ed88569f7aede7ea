import type { SkuChange } from './changes'
import type { Sku } from './sku'

const NO_CHANGE = { stockModified: false, priceModified: false, skuModified: false, removed: false }

/** Passes SKU changes to listeners and stores the time of each SKU's last change. */
export class ChangeFeed {
  private readonly changes = new Map<number, number>()
  private readonly listeners: ((change: SkuChange) => void)[] = []

  /** Epoch milliseconds of the last change, price changes apart; undefined if there was none. */
  changedAt(id: number): number | undefined {
    return this.changes.get(id)
  }

  /** Calls back after each change. */
  onChange(listener: (change: SkuChange) => void): void {
    this.listeners.push(listener)
  }

  emit({ id, productId, active }: Sku, what: Partial<SkuChange>): void {
    const at = Date.now()
    const change: SkuChange = { ...NO_CHANGE, skuId: id, productId, active, at, ...what }
    if (change.stockModified || change.skuModified || change.removed) this.changes.set(id, at)
    for (const listener of this.listeners) listener(change)
  }
}
