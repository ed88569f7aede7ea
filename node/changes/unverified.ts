import type { Pending } from './pending'

/**
 * Collects the SKU ids that nobody reported but posts that anybody can make. One report of VTEX's own to the app
 * is enough for an id not to be among them.
 */
export class UnverifiedIds {
  private readonly verified = new Set<number>()
  private readonly unverified = new Set<number>()

  note(skuIds: Iterable<number>, unverified: ReadonlySet<number>) {
    for (const skuId of skuIds) (unverified.has(skuId) ? this.unverified : this.verified).add(skuId)
  }

  noteDocument(found: Pending) {
    const unverified = unverifiedIn(found)
    if ('group' in found) {
      this.note(found.group.stock, unverified)
      this.note(found.group.modified, unverified)
    } else {
      const skuIds = found.carried.map(({ skuId }) => skuId)
      this.note(skuIds, unverified)
    }
  }

  has(skuId: number): boolean {
    return this.unverified.has(skuId) && !this.verified.has(skuId)
  }

  /** Unsorted, each once. */
  get ids(): number[] {
    return [...this.unverified].filter((skuId) => !this.verified.has(skuId))
  }
}

/** The ids of a document of pending changes that are unverified as far as this document says. */
export const unverifiedIn = (found: Pending): ReadonlySet<number> =>
  new Set(
    'group' in found
      ? found.group.unverified
      : found.carried.flatMap(({ skuId, unverified }) => (unverified ? [skuId] : []))
  )
