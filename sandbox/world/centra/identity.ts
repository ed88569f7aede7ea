import { hash } from '../../common/hash'
import { ean13, type Sku, seededSku } from '../commerce/sku'
import { BLOCK, SLOTS, type Slot } from './layout'
import type { Row } from './row'
import type { SharedSkus } from './shared'

type Identity = Pick<Row, 'ean' | 'sku' | 'variantSku' | 'sizeSku'>

/** Position of a generated row. */
export interface Place {
  number: number
  slot: Slot
  productId: number
}

/**
 * The identifiers of a generated row. If the VTEX SKU lacks the identifier of its claim, the other one is used; if it
 * lacks both, the row matches no VTEX SKU.
 */
export function identityOf(seed: number, shared: SharedSkus, place: Place): Identity {
  const { number, slot } = place
  const block = Math.floor(number / BLOCK.rows)
  const skuAt = (ordinal?: number) => {
    const id = ordinal === undefined ? undefined : shared.skuIdOf(block, ordinal)
    return id === undefined ? undefined : seededSku(seed, id)
  }
  const sku = skuAt(slot.shared)
  // The reference of another SKU of the block.
  const otherRefId = () => {
    const others = SLOTS.filter(({ shared: other }) => other !== slot.shared)
    return others.map((other) => skuAt(other.shared)?.refId).find(Boolean)
  }
  const drawn = hash(seed, number, 73)
  const parts = fullSkuFor(slot, sku, otherRefId)
  return {
    ean: eanFor(slot, sku, number) ?? (drawn % 2 === 0 ? null : ''),
    ...(parts === undefined ? ownParts(place, drawn) : split(parts, drawn >>> 4)),
  }
}

function eanFor({ claim }: Slot, sku: Sku | undefined, number: number): string | undefined {
  // Generated EANs in VTEX begin with 7.
  const unknown = ean13(`8${String(number).padStart(11, '0')}`)
  switch (claim) {
    case 'own':
      return number % 3 === 0 ? undefined : unknown
    case 'skuDespiteEan':
      return sku?.refId === undefined ? sku?.ean : unknown
    case 'sku':
    case 'twin':
      return sku?.refId === undefined ? sku?.ean : undefined
    default:
      return sku?.ean
  }
}

/** A full SKU that is a RefId in VTEX; undefined for a row with its own one. */
function fullSkuFor({ claim }: Slot, sku: Sku | undefined, otherRefId: () => string | undefined) {
  if (claim === 'own') return undefined
  if (claim === 'ean') return sku?.ean === undefined ? sku?.refId : undefined
  if (claim === 'eanOverSku') return sku?.ean === undefined ? sku?.refId : otherRefId()
  return sku?.refId
}

const SIZE_SKUS = ['S', 'M', 'L'] as const

function ownParts({ slot, productId }: Place, drawn: number): Omit<Identity, 'ean'> {
  const sku = `C${productId}`
  const variantSku = String.fromCharCode('A'.charCodeAt(0) + (slot.variant % 26))
  if (slot.sizes > 1) return { sku, variantSku, sizeSku: SIZE_SKUS[slot.size] ?? 'XL' }
  return { sku, variantSku, sizeSku: drawn % 2 === 0 ? null : '' }
}

/** Splits a text into three parts; only the first is never empty, and no part starts or ends with a blank. */
function split(text: string, drawn: number): Omit<Identity, 'ean'> {
  const letters = [...text]
  const first = 1 + (drawn % letters.length)
  const second = first + ((drawn >>> 6) % (letters.length - first + 1))
  const [sku, variantSku, sizeSku] = [
    letters.slice(0, first).join(''),
    letters.slice(first, second).join(''),
    letters.slice(second).join(''),
  ]
  const whole = [sku, variantSku, sizeSku].every((part) => part === part.trim())
  if (!whole) return { sku: text, variantSku: '', sizeSku: null }
  return { sku, variantSku, sizeSku: sizeSku === '' && drawn % 2 === 0 ? null : sizeSku }
}
