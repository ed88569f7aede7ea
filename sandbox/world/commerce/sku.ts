import { hash } from '../../common/hash'
import type { SkuFacts } from './changes'
import { productIdOf } from './ids'
import { kindsOf } from './kinds'

/** A SKU in the catalog. */
export interface Sku {
  id: number
  productId: number
  name: string
  active: boolean
  productActive: boolean
  refId?: string
  ean?: string
  kit: boolean
  salesChannels: number[]
}

/** Whether a SKU can be bought: it and its product are active. */
export const isSellable = (sku: Sku) => sku.active && sku.productActive

/** Returns a SKU with changed fields. */
export function withFacts(before: Sku, { refId, ean, ...flags }: SkuFacts): Sku {
  const sku: Sku = { ...before, ...flags }
  if (refId !== undefined) sku.refId = refId ?? undefined
  if (ean !== undefined) sku.ean = ean ?? undefined
  return sku
}

/** The generated SKU with an id. */
export function seededSku(seed: number, id: number): Sku {
  const kinds = kindsOf(seed, id)
  const bare = kinds.identity === 'withoutEanAndRefId'
  const sku: Sku = {
    ...ordinarySku(id),
    active: kinds.state !== 'inactiveSku',
    productActive: kinds.product !== 'inactiveProduct',
    kit: kinds.state === 'kit',
    salesChannels: hash(seed, id, 31) % 4 === 0 ? [1, 2] : [1],
  }
  if (bare || kinds.identity === 'withoutRefId') delete sku.refId
  if (bare || kinds.identity === 'withoutEan') delete sku.ean
  if (kinds.identity === 'awkwardRefId') sku.refId = awkwardRefId(id, hash(seed, id, 32))
  return sku
}

/** A SKU without unusual kinds. */
export function ordinarySku(id: number): Sku {
  return {
    id,
    productId: productIdOf(id),
    name: `Article ${id}`,
    active: true,
    productActive: true,
    refId: `REF-${id}`,
    ean: ean13(`7${String(id).padStart(11, '0')}`),
    kit: false,
    salesChannels: [1],
  }
}

/** Ids of generated SKUs that may have this RefId: the digit groups in it. */
export function idsInRefId(refId: string): number[] {
  return (refId.match(/\d+/g) ?? []).map(Number).filter(Number.isSafeInteger)
}

/** The id in a generated EAN-13. */
export function idInEan(ean: string): number {
  return Number(ean.slice(1, 12))
}

/** An EAN-13: twelve digits and the check digit. */
export function ean13(digits: string): string {
  let sum = 0
  for (let i = 0; i < digits.length; i++) sum += Number(digits[i]) * (i % 2 === 0 ? 1 : 3)
  return `${digits}${(10 - (sum % 10)) % 10}`
}

function awkwardRefId(id: number, drawn: number): string {
  const forms = [
    `R&D <${id}>`,
    `O'Neill "${id}"`,
    `Ärtsoppa-${id}`,
    String(id).padStart(14, '0'),
    `${id}e4`,
    `${id}.50`,
    `]]>${id}`,
    `🧦/${id}`,
  ]
  return forms[drawn % forms.length] ?? `REF-${id}`
}
