import { hash } from '../../common/hash'

const STRIDE = 3

/** The SKU id at an index of the generated catalog: ascending from 1, with gaps. */
export function idAt(seed: number, index: number): number {
  return 1 + index * STRIDE + (hash(seed, index, 11) % STRIDE)
}

/** The index of a generated SKU id; undefined for an id in a gap. */
export function indexOf(seed: number, id: number): number | undefined {
  const index = Math.floor((id - 1) / STRIDE)
  return index >= 0 && idAt(seed, index) === id ? index : undefined
}

/** The first id after those of a generated catalog. */
export function firstFreeId(size: number): number {
  return 1 + size * STRIDE
}

/** The product of a SKU; about three SKUs share one. */
export function productIdOf(skuId: number): number {
  return 1_000_000 + Math.floor(skuId / (3 * STRIDE))
}

/** The SKU ids that a product may have. */
export function skuIdsOf(productId: number): number[] {
  const first = (productId - 1_000_000) * 3 * STRIDE
  return Array.from({ length: 3 * STRIDE }, (_, index) => first + index)
}

/**
 * Parses a SKU id; undefined for anything but digits. VTEX: an id with leading zeros is another SKU, so "010" is not 10.
 */
export function parseSkuId(text: string): number | undefined {
  if (!/^[1-9]\d{0,15}$/.test(text)) return undefined
  const id = Number(text)
  return Number.isSafeInteger(id) ? id : undefined
}
