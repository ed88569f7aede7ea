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

  has(skuId: number): boolean {
    return this.unverified.has(skuId) && !this.verified.has(skuId)
  }

  /** Unsorted, each once. */
  get ids(): number[] {
    return [...this.unverified].filter((skuId) => !this.verified.has(skuId))
  }
}

/** The ids of changes that are unverified as far as these say. */
export const unverifiedIn = (
  found: ReadonlyArray<{ skuId: number; unverified?: boolean | undefined }>
): ReadonlySet<number> =>
  new Set(found.filter(({ unverified }) => unverified).map(({ skuId }) => skuId))
