import { hash } from '../../common/hash'
import type { Component } from './component'
import { idAt } from './ids'
import { kindsOf } from './kinds'

/** The components of a kit are from the same group of this many SKUs. */
const NEIGHBOURS = 16

/** The components of a generated kit: a third has none, a third one, a third two. */
export function seededComponents(seed: number, size: number, index: number): Component[] {
  const drawn = hash(seed, idAt(seed, index), 36)
  return neighbours(seed, size, index)
    .filter((skuId) => !isKit(seed, skuId))
    .slice(0, drawn % 3)
    .map((skuId, place) => ({ skuId, quantity: place === 0 ? 2 : 1 + ((drawn >>> 8) % 3) }))
}

/** The generated kits that can contain a SKU. */
export const seededKitsNear = (seed: number, size: number, index: number): number[] =>
  neighbours(seed, size, index).filter((skuId) => isKit(seed, skuId))

const isKit = (seed: number, skuId: number) => kindsOf(seed, skuId).state === 'kit'

function neighbours(seed: number, size: number, index: number): number[] {
  const first = index - (index % NEIGHBOURS)
  const count = Math.min(NEIGHBOURS, size - first)
  return Array.from({ length: count }, (_, place) => idAt(seed, first + place))
}
