import { hash } from '../../common/hash'
import { productIdOf } from './ids'

/**
 * Unusual kinds per thousand generated SKUs. A SKU has one kind of each of the four groups; default `ordinary`.
 */
export const SHARES = {
  /** A product is inactive with all of its SKUs. */
  product: { inactiveProduct: 20 },
  state: { inactiveSku: 30, kit: 20 },
  identity: {
    withoutEan: 40,
    withoutRefId: 20,
    withoutEanAndRefId: 15,
    /** RefIds that careless XML, CSV or number handling would corrupt. */
    awkwardRefId: 30,
  },
  stock: {
    soldOut: 80,
    /** More reserved than there is in one warehouse, stock in another. */
    oversold: 30,
    /** Oversold in every included warehouse. */
    oversoldEverywhere: 15,
    negativeTotal: 15,
    negativeReserved: 15,
    unlimited: 20,
    /** Unlimited only in a warehouse that is inactive or deleted. */
    unlimitedElsewhere: 15,
    /** Stock only in warehouses that are inactive or deleted. */
    stockElsewhere: 20,
    withoutLeadTime: 30,
  },
} as const

export type ProductKind = keyof (typeof SHARES)['product'] | 'ordinary'
export type StateKind = keyof (typeof SHARES)['state'] | 'ordinary'
export type IdentityKind = keyof (typeof SHARES)['identity'] | 'ordinary'
export type StockKind = keyof (typeof SHARES)['stock'] | 'ordinary'

/** The kinds of a generated SKU. */
export interface Kinds {
  product: ProductKind
  state: StateKind
  identity: IdentityKind
  stock: StockKind
}

/** The kinds of a SKU: a pure function of the seed and the id. */
export function kindsOf(seed: number, skuId: number): Kinds {
  return {
    product: pick(SHARES.product, hash(seed, productIdOf(skuId), 20)),
    state: pick(SHARES.state, hash(seed, skuId, 21)),
    identity: pick(SHARES.identity, hash(seed, skuId, 22)),
    stock: pick(SHARES.stock, hash(seed, skuId, 23)),
  }
}

function pick<K extends string>(shares: Record<K, number>, drawn: number): K | 'ordinary' {
  let left = drawn % 1000
  for (const kind in shares) {
    left -= shares[kind]
    if (left < 0) return kind
  }
  return 'ordinary'
}
