import type { Sku } from './sku'

interface Version {
  /** The SKU before the change; undefined if it did not exist. */
  sku: Sku | undefined
  /** Time of the change, epoch milliseconds. */
  replacedAt: number
}

/**
 * The index of the catalog API. VTEX: it is up to about ten minutes old. A change becomes visible after `lag` ms;
 * changes made while `lag` is 0 are visible at once.
 */
export class CatalogIndex {
  lag = 0
  private readonly versions = new Map<number, Version[]>()

  /** Records a SKU's state before a change. */
  replace(id: number, sku: Sku | undefined): void {
    if (this.lag === 0) return
    this.versions.set(id, [...this.unseen(id), { sku, replacedAt: Date.now() }])
  }

  /** The SKU in the index; `now` is its current state. */
  read(id: number, now: Sku | undefined): Sku | undefined {
    const [oldest] = this.unseen(id)
    return oldest ? oldest.sku : now
  }

  // Versions that the index still returns, oldest first; the others are deleted.
  private unseen(id: number): Version[] {
    const versions = this.versions.get(id)
    if (!versions) return []
    const since = Date.now() - this.lag
    const unseen = versions.filter(({ replacedAt }) => replacedAt > since)
    if (unseen.length === 0) this.versions.delete(id)
    return unseen
  }
}
