import type { OfferUpdate } from '../inventory'
import { Rejected } from './rejected'

type Element = Record<string, unknown>

// catalog.xsd: complexType.Product.
const CHILDREN = new Set(
  `available name short-description long-description online availability-status product-type sku
  tax-class template bundled-products category-links product-links supplier manufacturer quantity
  product-list-prices product-cost-prices shippingsurcharges warranty-prices custom-attributes
  order-required-attributes variations offered-product custom-data type-code valid-from valid-to
  last-order-date end-of-life derive-dates images uuid`.split(/\s+/)
)
const ATTRIBUTES = new Set(['@sku', '@import-mode', '@name', '@refid'])
// dt.xsd.
const TYPES = new Set('int double string long boolean date decimal money quantity text'.split(' '))
const MAX_SKU_LENGTH = 256

/** Reads one `<offer>`; throws `Rejected` when it breaks a rule. */
export function readOffer(offer: Element, quantityAttribute: string): OfferUpdate {
  const sku = readSku(offer)
  const fail = (reason: string): never => {
    throw new Rejected(`offer ${sku}: ${reason}`)
  }
  const mode = offer['@import-mode'] ?? 'UPDATE'
  // REPLACE and INITIAL turn a missing availability-status into true, DELETE is no stock update.
  if (mode !== 'UPDATE') fail(`import-mode must be UPDATE, not ${String(mode)}`)
  for (const name of Object.keys(offer)) {
    if (!CHILDREN.has(name) && !ATTRIBUTES.has(name)) fail(`<${name}> is not known to an offer`)
  }
  const custom = readCustomAttributes(offer['custom-attributes'], fail)
  const update: OfferUpdate = { sku }
  const available = readFlag(offer, 'available', fail)
  const orderable = readFlag(offer, 'availability-status', fail)
  const quantity = custom.get(quantityAttribute)
  const sellerId = custom.get('StockSellerId')
  const observedAt = custom.get('StockObservedAt')
  if (available !== undefined) update.available = available
  if (orderable !== undefined) update.orderable = orderable
  if (quantity !== undefined) update.quantity = Number(quantity)
  if (sellerId !== undefined) update.sellerId = sellerId
  if (observedAt !== undefined) update.observedAt = Date.parse(observedAt)
  return update
}

function readSku(offer: Element): string {
  const attribute = offer['@sku']
  const child = offer.sku
  const sku = attribute ?? child
  if (typeof sku !== 'string' || sku === '') throw new Rejected('an offer has no sku')
  if (attribute !== undefined && child !== undefined && attribute !== child) {
    throw new Rejected(`offer ${sku}: its <sku> says ${String(child)}`)
  }
  if (sku.length > MAX_SKU_LENGTH) {
    throw new Rejected(`offer ${sku}: a sku has at most ${MAX_SKU_LENGTH} characters`)
  }
  return sku
}

function readFlag(offer: Element, name: string, fail: Fail): boolean | undefined {
  const value = offer[name]
  if (value === undefined) return undefined
  if (value !== '0' && value !== '1') fail(`<${name}> must be 0 or 1, not ${String(value)}`)
  return value === '1'
}

type Fail = (reason: string) => never

function readCustomAttributes(list: unknown, fail: Fail): Map<string, string> {
  const values = new Map<string, string>()
  if (list === undefined || list === '') return values
  const attributes = isElement(list) ? list['custom-attribute'] : undefined
  if (!Array.isArray(attributes)) return fail('<custom-attributes> holds no custom-attribute')
  for (const attribute of attributes) values.set(...readCustomAttribute(attribute, fail))
  return values
}

function readCustomAttribute(attribute: unknown, fail: Fail): [name: string, value: string] {
  if (!isElement(attribute)) return fail('a custom-attribute has no name')
  const name = attribute['@name']
  const type = attribute['@dt:dt']
  const value = attribute['#text'] ?? ''
  if (typeof name !== 'string' || typeof value !== 'string') {
    return fail('a custom-attribute has no name or holds more than text')
  }
  if (type !== undefined && !TYPES.has(String(type))) fail(`${name}: bad dt:dt ${String(type)}`)
  if (!fits(value, type)) fail(`${name}: "${value}" is no ${String(type)}`)
  return [name, value]
}

function fits(value: string, type: unknown): boolean {
  if (type === 'int') return /^-?\d+$/.test(value) && Math.abs(Number(value)) < 2 ** 31
  if (type === 'long') return /^-?\d+$/.test(value)
  if (type === 'boolean') return /^(0|1|true|false)$/.test(value)
  if (type === 'date') return !Number.isNaN(Date.parse(value))
  if (type === 'double' || type === 'decimal') return value !== '' && Number.isFinite(Number(value))
  return true
}

function isElement(value: unknown): value is Element {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
