import type { OfferUpdate } from '../inventory'
import type { XmlElement } from './elements'
import { Rejected } from './rejected'
import { DATA_TYPE } from './schema'

type Fail = (reason: string) => never

/** Reads a valid `<offer>`. @throws {Rejected} if it is not a stock update */
export function readOffer(offer: XmlElement, quantityAttribute: string): OfferUpdate {
  const sku = readSku(offer)
  const fail = (reason: string): never => {
    throw new Rejected(`offer ${sku}: ${reason}`)
  }
  const mode = offer.attributes.get('import-mode') ?? 'UPDATE'
  // REPLACE and INITIAL set a missing availability-status to true; DELETE is not a stock update.
  if (mode !== 'UPDATE') fail(`import-mode must be UPDATE, not ${mode}`)
  const custom = readCustomAttributes(offer, fail)
  const available = childText(offer, 'available')
  const orderable = childText(offer, 'availability-status')
  const quantity = custom.get(quantityAttribute)
  const sellerId = custom.get('StockSellerId')
  const observedAt = custom.get('StockObservedAt')
  return {
    sku,
    ...(available !== undefined && { available: available === '1' }),
    ...(orderable !== undefined && { orderable: orderable === '1' }),
    ...(quantity !== undefined && { quantity: Number(quantity) }),
    ...(sellerId !== undefined && { sellerId }),
    ...(observedAt !== undefined && { observedAt: Date.parse(observedAt) }),
  }
}

function readSku(offer: XmlElement): string {
  const attribute = offer.attributes.get('sku')
  const child = childText(offer, 'sku')
  const sku = attribute ?? child
  if (sku === undefined || sku === '') throw new Rejected('an offer has no sku')
  if (attribute !== undefined && child !== undefined && attribute !== child) {
    throw new Rejected(`offer ${sku}: its <sku> says ${child}`)
  }
  return sku
}

const child = ({ children }: XmlElement, local: string) =>
  children.find(({ name }) => name.endsWith(`}${local}`))

const childText = (element: XmlElement, local: string) => child(element, local)?.text

function readCustomAttributes(offer: XmlElement, fail: Fail): Map<string, string> {
  const values = new Map<string, string>()
  for (const { attributes, text } of child(offer, 'custom-attributes')?.children ?? []) {
    const name = attributes.get('name') ?? ''
    const type = attributes.get(DATA_TYPE)
    if (!fits(text, type)) fail(`${name}: "${text}" is not of type ${type}`)
    values.set(name, text)
  }
  return values
}

/** Checks a value by its type as ICM does; the schema does not. */
function fits(value: string, type: string | undefined): boolean {
  if (type === 'int') return /^-?\d+$/.test(value) && Math.abs(Number(value)) < 2 ** 31
  if (type === 'long') return /^-?\d+$/.test(value)
  if (type === 'boolean') return /^(0|1|true|false)$/.test(value)
  if (type === 'date') return !Number.isNaN(Date.parse(value))
  if (type === 'double' || type === 'decimal') return value !== '' && Number.isFinite(Number(value))
  return true
}
