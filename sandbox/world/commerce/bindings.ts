import { hash } from '../../common/hash'
import type { Account } from './account'
import { idAt } from './ids'
import type { Seller } from './sellers'
import { Sequence } from './sequence'

/** Each other seller is bound to every 41st generated SKU. */
export const BOUND_EVERY = 41

/** A seller's binding to a SKU. */
export interface Binding {
  seller: Seller
  skuId: number
  /** The seller's id of the SKU. */
  sellerSkuId: string
  active: boolean
  /** Units that the seller offers here. */
  quantity: number
}

/** The bindings of other sellers to a SKU. */
export function bindingsOf(account: Account, skuId: number): Binding[] {
  if (!account.catalog.has(skuId)) return []
  const index = account.catalog.indexOf(skuId)
  return others(account)
    .filter(
      ({ id }, place) =>
        (isSeeded(index, place) && !account.marketplace.isUnbound(id, skuId)) ||
        account.marketplace.changeOf(id, skuId) !== undefined
    )
    .map((seller) => binding(account, seller, skuId))
}

/** Rows `from` to `to` - 1 of a seller's bindings: generated ones, then those created later. */
export function boundTo(account: Account, seller: Seller, from: number, to: number): Binding[] {
  const place = others(account).findIndex(({ id }) => id === seller.id)
  const { catalog } = account
  const changed = account.marketplace.changedOf(seller.id)
  const bound = new Sequence(Math.max(0, Math.ceil((catalog.size - place) / BOUND_EVERY)))
  for (const id of [...catalog.removedIds(), ...changed.unbound]) {
    const index = catalog.indexOf(id)
    if (index !== undefined && isSeeded(index, place)) bound.remove((index - place) / BOUND_EVERY)
  }
  const seeded = bound.slice(from, to).map((row) => idAt(catalog.seed, place + row * BOUND_EVERY))
  const made = changed.bound
    .filter((id) => catalog.has(id) && !isSeeded(catalog.indexOf(id), place))
    .slice(Math.max(0, from - bound.length), Math.max(0, to - bound.length))
  return [...seeded, ...made].map((id) => binding(account, seller, id))
}

/** A seller's quantity in a sales channel: all units in the last channel, fewer in earlier ones. */
export function quantityIn({ quantity }: Binding, channels: readonly number[], channel: number) {
  const place = channels.indexOf(channel)
  return place === -1 ? 0 : Math.floor(quantity / (channels.length - place))
}

const isSeeded = (index: number | undefined, place: number) =>
  index !== undefined && index % BOUND_EVERY === place % BOUND_EVERY

function others(account: Account): Seller[] {
  return account.sellers.filter((seller) => seller.id !== '1')
}

function binding(account: Account, seller: Seller, skuId: number): Binding {
  const place = account.sellers.findIndex(({ id }) => id === seller.id)
  const drawn = hash(account.seed, skuId, 61 + place)
  return {
    seller,
    skuId,
    sellerSkuId: String(500_000 + skuId),
    active: drawn % 20 !== 0,
    quantity: drawn % 3 === 0 ? 0 : (drawn >>> 8) % 60,
    ...account.marketplace.changeOf(seller.id, skuId),
  }
}
