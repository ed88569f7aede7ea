import { hash } from '../../common/hash'
import type { Component } from './component'
import { idAt } from './ids'
import { kindsOf } from './kinds'

/** Kits are made of their neighbours: of SKUs from the same so many. */
const NEIGHBOURS = 16

/** What a kit of the seeded catalog is made of: one in three of nothing, one of one SKU, one of two. */
export function seededComponents(seed: number, size: number, index: number): Component[] {
  const drawn = hash(seed, idAt(seed, index), 36)
  return neighbours(seed, size, index)
    .filter((skuId) => !isKit(seed, skuId))
    .slice(0, drawn % 3)
    .map((skuId, place) => ({ skuId, quantity: place === 0 ? 2 : 1 + ((drawn >>> 8) % 3) }))
}

/** The kits of the seeded catalog that may have a SKU for a part. */
export const seededKitsNear = (seed: number, size: number, index: number): number[] =>
  neighbours(seed, size, index).filter((skuId) => isKit(seed, skuId))

const isKit = (seed: number, skuId: number) => kindsOf(seed, skuId).state === 'kit'

function neighbours(seed: number, size: number, index: number): number[] {
  const first = index - (index % NEIGHBOURS)
  const count = Math.min(NEIGHBOURS, size - first)
  return Array.from({ length: count }, (_, place) => idAt(seed, first + place))
}
