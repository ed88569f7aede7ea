import { hash } from '../../common/hash'
import { firstFreeId, idAt, indexOf } from './ids'
import { Permutation } from './permutation'
import { Sequence } from './sequence'

/** What the catalog's list leaves out though it is there, and answers when it is asked for by its id. */
export interface Unlisted {
  /** All of it: the list is empty. */
  all: boolean
  skus: readonly number[]
}

/**
 * Which SKU ids exist and in which order the catalog lists them. Of a million
 * seeded SKUs it keeps only what was added or removed.
 */
export class Catalog {
  /** None at first; a restart forgets them. */
  readonly gaps: Unlisted = { all: false, skus: [] }
  private readonly order: Permutation
  private readonly listing: Sequence
  private readonly removed = new Set<number>()
  // Newest first: a new SKU moves every page by one, as a listing without a promised order may.
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

  /** The index of a seeded SKU, removed or not. */
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

  /** The rows as the list shows them: a page is shorter by what it leaves out. */
  listed(from: number, to: number): number[] {
    if (this.gaps.all) return []
    return this.rows(from, to).filter((id) => !this.gaps.skus.includes(id))
  }

  /** All ids, ascending. */
  *ids(): Generator<number> {
    for (let index = 0; index < this.size; index++) {
      const id = idAt(this.seed, index)
      if (!this.removed.has(id)) yield id
    }
    for (const id of [...this.added].reverse()) yield id
  }

  /** The seeded ids that were removed. */
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
