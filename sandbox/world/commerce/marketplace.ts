import type { Unlisted } from './catalog'
import { RefusedChange } from './changes'
import type { Seller } from './sellers'

/** How the offer manager shapes its answers. VTEX: accounts differ. */
export interface OfferShape {
  /** PascalCase, with the other names. */
  pascalCase: boolean
  /** An offer in one sales channel is an object where an array is expected. */
  oneAsObject: boolean
  /** Sellers of whose offers no quantity is told. */
  withoutQuantity: string[]
}

/** A binding's new state; what is absent stays. */
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
  /** Undefined where the binding was removed. */
  state: BindingChange | undefined
  at: number
}

/** A marketplace's sellers, and what changed of them and their bindings. VTEX tells nobody of these changes. */
export class Marketplace {
  readonly shape: OfferShape = { pascalCase: false, oneAsObject: false, withoutQuantity: [] }
  private readonly activity = new Map<string, { active: boolean; at: number }>()
  /** By seller, then by SKU, in the order in which they were first changed. */
  private readonly bindings = new Map<string, Map<number, Changed>>()
  private readonly gaps = new Map<string, Unlisted>()
  private record: (mutation: MarketplaceMutation) => void = () => {}

  constructor(private readonly seeded: readonly Seller[]) {}

  get sellers(): Seller[] {
    return this.seeded.map((seller) => ({
      ...seller,
      active: this.activity.get(seller.id)?.active ?? seller.active,
    }))
  }

  /** Hands each change that was made to `record`. */
  recordTo(record: (mutation: MarketplaceMutation) => void): void {
    this.record = record
  }

  setSeller(sellerId: string, active: boolean): void {
    this.known(sellerId)
    this.activity.set(sellerId, { active, at: Date.now() })
    this.record({ change: 'setSeller', sellerId, active })
  }

  /** Changes a seller's binding to a SKU, and makes one where there is none. */
  bind(sellerId: string, skuId: number, to: BindingChange): void {
    this.write(sellerId, skuId, { ...this.changeOf(sellerId, skuId), ...to })
    this.record({ change: 'bind', sellerId, skuId, to })
  }

  /** Removes a seller's binding to a SKU. */
  unbind(sellerId: string, skuId: number): void {
    this.write(sellerId, skuId, undefined)
    this.record({ change: 'unbind', sellerId, skuId })
  }

  /** What was changed of a binding; undefined where nothing was, or it was removed. */
  changeOf(sellerId: string, skuId: number): BindingChange | undefined {
    return this.bindings.get(sellerId)?.get(skuId)?.state
  }

  /** The SKUs of which bindings were changed, in that order, and of which they were removed. */
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

  /** What the list of a seller's bindings leaves out. */
  unlistedOf(sellerId: string): Unlisted {
    return this.gaps.get(sellerId) ?? { all: false, skus: [] }
  }

  /** Has the list of a seller's bindings leave something out; a restart forgets it. */
  setUnlisted(sellerId: string, to: Partial<Unlisted>): void {
    this.known(sellerId)
    this.gaps.set(sellerId, { ...this.unlistedOf(sellerId), ...to })
  }

  /** When what a seller sells of a SKU last changed, in milliseconds; undefined when it did not since the start. */
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
