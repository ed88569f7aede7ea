import type { SkuChange } from './changes'
import type { Sku } from './sku'

const QUIET = { stockModified: false, priceModified: false, skuModified: false, removed: false }

/** Tells whoever listens of changes of SKUs, and knows when each last changed. */
export class ChangeFeed {
  private readonly changes = new Map<number, number>()
  private readonly listeners: ((change: SkuChange) => void)[] = []

  /** Milliseconds; undefined when nothing changed but the price. */
  changedAt(id: number): number | undefined {
    return this.changes.get(id)
  }

  /** Calls back after each change. */
  onChange(listener: (change: SkuChange) => void): void {
    this.listeners.push(listener)
  }

  tell({ id, productId, active }: Sku, what: Partial<SkuChange>): void {
    const at = Date.now()
    const change: SkuChange = { ...QUIET, skuId: id, productId, active, at, ...what }
    if (change.stockModified || change.skuModified || change.removed) this.changes.set(id, at)
    for (const listener of this.listeners) listener(change)
  }
}
