import { hash } from '../../common/hash'
import { firstFreeId, idAt, indexOf } from './ids'
import { Permutation } from './permutation'
import { Sequence } from './sequence'

/** SKUs that a list does not return although they exist and can be read by id. */
export interface Unlisted {
  /** The list is empty. */
  all: boolean
  skus: readonly number[]
}

/** The SKU ids and the order of the catalog's list. Only added and removed SKUs take memory. */
export class Catalog {
  /** SKUs missing in the list; not kept over a restart. */
  readonly unlisted: Unlisted = { all: false, skus: [] }
  private readonly order: Permutation
  private readonly listing: Sequence
  private readonly removed = new Set<number>()
  // Newest first: a new SKU shifts every page by one.
  private added: number[] = []
  private nextId: number

  constructor(
    readonly size: number,
    readonly seed: number
  ) {
    this.order = new Permutation(size, hash(seed, 51))
    this.listing = new Sequence(size)
    this.nextId = firstFreeId(size)
  }

  get count(): number {
    return this.listing.length + this.added.length
  }

  has(id: number): boolean {
    if (this.removed.has(id)) return false
    return this.indexOf(id) !== undefined || this.added.includes(id)
  }

  /** The index of a generated SKU, removed or not. */
  indexOf(id: number): number | undefined {
    const index = indexOf(this.seed, id)
    return index !== undefined && index < this.size ? index : undefined
  }

  /** The ids of rows from..to-1 in the catalog's own order. */
  rows(from: number, to: number): number[] {
    const added = this.added.slice(from, to)
    const shift = this.added.length
    const positions = this.listing.slice(Math.max(0, from - shift), Math.max(0, to - shift))
    return [...added, ...positions.map((position) => idAt(this.seed, this.order.at(position)))]
  }

  /** The rows of the list; unlisted SKUs make a page shorter. */
  listed(from: number, to: number): number[] {
    if (this.unlisted.all) return []
    return this.rows(from, to).filter((id) => !this.unlisted.skus.includes(id))
  }

  /** All ids, ascending. */
  *ids(): Generator<number> {
    for (let index = 0; index < this.size; index++) {
      const id = idAt(this.seed, index)
      if (!this.removed.has(id)) yield id
    }
    for (const id of [...this.added].reverse()) yield id
  }

  /** Removed generated ids. */
  removedIds(): Iterable<number> {
    return this.removed
  }

  add(): number {
    const id = this.nextId++
    this.added.unshift(id)
    return id
  }

  remove(id: number): void {
    const index = this.indexOf(id)
    if (index === undefined) {
      this.added = this.added.filter((other) => other !== id)
      return
    }
    this.removed.add(id)
    this.listing.remove(this.order.positionOf(index))
  }
}
