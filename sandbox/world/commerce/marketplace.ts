import type { Unlisted } from './catalog'
import { RefusedChange } from './changes'
import type { Seller } from './sellers'

/** Shape of the offer manager's responses. VTEX: it differs between accounts. */
export interface OfferShape {
  /** PascalCase, and some other names. */
  pascalCase: boolean
  /** An object instead of an array for one sales channel. */
  oneAsObject: boolean
  /** Sellers whose offers have no quantity. */
  withoutQuantity: string[]
}

/** New fields of a binding; absent ones stay. */
export interface BindingChange {
  active?: boolean
  /** Units that the seller offers here. */
  quantity?: number
}

/** A change of the marketplace, as data. */
export type MarketplaceMutation =
  | { change: 'setSeller'; sellerId: string; active: boolean }
  | { change: 'bind'; sellerId: string; skuId: number; to: BindingChange }
  | { change: 'unbind'; sellerId: string; skuId: number }

interface Changed {
  /** Undefined if the binding was removed. */
  state: BindingChange | undefined
  at: number
}

/** The sellers and the changes of their bindings. VTEX sends no notification of these changes. */
export class Marketplace {
  readonly shape: OfferShape = { pascalCase: false, oneAsObject: false, withoutQuantity: [] }
  private readonly activity = new Map<string, { active: boolean; at: number }>()
  /** By seller, then by SKU, in the order in which they were first changed. */
  private readonly bindings = new Map<string, Map<number, Changed>>()
  private readonly unlisted = new Map<string, Unlisted>()
  private record: (mutation: MarketplaceMutation) => void = () => {}

  constructor(private readonly seeded: readonly Seller[]) {}

  get sellers(): Seller[] {
    return this.seeded.map((seller) => ({
      ...seller,
      active: this.activity.get(seller.id)?.active ?? seller.active,
    }))
  }

  /** Passes each change to `record`. */
  recordTo(record: (mutation: MarketplaceMutation) => void): void {
    this.record = record
  }

  setSeller(sellerId: string, active: boolean): void {
    this.known(sellerId)
    this.activity.set(sellerId, { active, at: Date.now() })
    this.record({ change: 'setSeller', sellerId, active })
  }

  /** Changes or creates a seller's binding to a SKU. */
  bind(sellerId: string, skuId: number, to: BindingChange): void {
    this.write(sellerId, skuId, { ...this.changeOf(sellerId, skuId), ...to })
    this.record({ change: 'bind', sellerId, skuId, to })
  }

  /** Removes a seller's binding to a SKU. */
  unbind(sellerId: string, skuId: number): void {
    this.write(sellerId, skuId, undefined)
    this.record({ change: 'unbind', sellerId, skuId })
  }

  /** The changes of a binding; undefined if it is unchanged or removed. */
  changeOf(sellerId: string, skuId: number): BindingChange | undefined {
    return this.bindings.get(sellerId)?.get(skuId)?.state
  }

  /** SKUs with changed bindings, in the order of the first change, and with removed ones. */
  changedOf(sellerId: string): { bound: number[]; unbound: number[] } {
    const all = [...(this.bindings.get(sellerId) ?? [])]
    const idsOf = (isBound: boolean) =>
      all.filter(([, { state }]) => (state !== undefined) === isBound).map(([skuId]) => skuId)
    return { bound: idsOf(true), unbound: idsOf(false) }
  }

  isUnbound(sellerId: string, skuId: number): boolean {
    const changed = this.bindings.get(sellerId)?.get(skuId)
    return changed !== undefined && changed.state === undefined
  }

  /** Bindings that a seller's list does not return. */
  unlistedOf(sellerId: string): Unlisted {
    return this.unlisted.get(sellerId) ?? { all: false, skus: [] }
  }

  /** Hides bindings from a seller's list; not kept over a restart. */
  setUnlisted(sellerId: string, to: Partial<Unlisted>): void {
    this.known(sellerId)
    this.unlisted.set(sellerId, { ...this.unlistedOf(sellerId), ...to })
  }

  /** Last change of a seller or its binding, epoch milliseconds; undefined if none since the start. */
  changedAt(sellerId: string, skuId: number): number | undefined {
    const at = [this.activity.get(sellerId)?.at, this.bindings.get(sellerId)?.get(skuId)?.at]
    const known = at.filter((each) => each !== undefined)
    return known.length > 0 ? Math.max(...known) : undefined
  }

  private write(sellerId: string, skuId: number, state: BindingChange | undefined): void {
    this.known(sellerId)
    const own = this.bindings.get(sellerId) ?? new Map<number, Changed>()
    this.bindings.set(sellerId, own)
    own.set(skuId, { state, at: Date.now() })
  }

  private known(sellerId: string): void {
    const found = this.seeded.some(({ id }) => id === sellerId)
    if (!found || sellerId === '1') throw new RefusedChange(`there is no other seller ${sellerId}`)
  }
}
