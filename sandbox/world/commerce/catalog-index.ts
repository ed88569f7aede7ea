import type { Sku } from './sku'

interface Version {
  /** What a SKU was before it changed; undefined when there was no such SKU. */
  sku: Sku | undefined
  /** Milliseconds: when it changed. */
  replacedAt: number
}

/**
 * The index that the catalog API answers from. VTEX: it is up to about ten minutes old. A change of a SKU
 * shows `lag` ms after it happened; changes that happened while `lag` was 0 show at once.
 */
export class CatalogIndex {
  lag = 0
  private readonly versions = new Map<number, Version[]>()

  /** Notes that a SKU stops being what it was. */
  replace(id: number, sku: Sku | undefined): void {
    if (this.lag === 0) return
    this.versions.set(id, [...this.unseen(id), { sku, replacedAt: Date.now() }])
  }

  /** The SKU as the index has it, when it is `now` in truth. */
  read(id: number, now: Sku | undefined): Sku | undefined {
    const [oldest] = this.unseen(id)
    return oldest ? oldest.sku : now
  }

  // The versions whose end the index has not seen yet, oldest first; what it has seen is forgotten.
  private unseen(id: number): Version[] {
    const versions = this.versions.get(id)
    if (!versions) return []
    const since = Date.now() - this.lag
    const unseen = versions.filter(({ replacedAt }) => replacedAt > since)
    if (unseen.length === 0) this.versions.delete(id)
    return unseen
  }
}
