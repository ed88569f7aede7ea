import { XMLParser } from 'fast-xml-parser'
import { CentraTestServer, type Product } from './test-server'

let centra: CentraTestServer
let products: Product[]

beforeAll(async () => {
  centra = await CentraTestServer.start(4_000)
  products = (await centra.get()).products
})
afterAll(() => centra.stop())

const values = (field: string) => products.map((product) => product[field])
const rowOf = ({ stockItemId }: Product) => centra.company.row(Number(stockItemId))

describe('GET /stock product', () => {
  it.each([
    ['sku', 'sku'],
    ['product', 'product'],
    ['productId', 'productId'],
    ['variantSku', 'variantSku'],
    ['variantId', 'variantId'],
    ['sizeSku', 'sizeSku'],
    ['stockItemId', 'stockItemId'],
    ['ean', 'ean'],
    ['upc', 'upc'],
    ['weight', 'weight'],
    ['weightUnit', 'weightUnit'],
    ['brand', 'brand'],
    ['collection', 'collection'],
    ['variant', 'variant'],
    ['size', 'size'],
    ['sizeComment', 'sizeComment'],
    ['categoryName', 'categoryName'],
    ['countryOfOrigin', 'countryOfOrigin'],
    ['harmCode', 'harmCode'],
    ['harmDescription', 'harmDescription'],
    ['physicalStock', 'physical'],
    ['allocatedStock', 'allocated'],
  ] as const)('contains %s of the row', (field, own) => {
    expect(values(field)).toEqual(products.map((product) => rowOf(product)?.[own]))
  })

  it.each(['productId', 'variantId', 'stockItemId', 'physicalStock', 'allocatedStock'])(
    'contains %s as an integer',
    (field) => expect(values(field).every(Number.isSafeInteger)).toBe(true)
  )

  it.each([
    'sku',
    'variantSku',
    'product',
    'variant',
    'size',
    'countryOfOrigin',
    'harmCode',
    'harmDescription',
  ])('%s: always a string', (field) => {
    expect(new Set(values(field).map((value) => typeof value))).toEqual(new Set(['string']))
  })

  it.each(['brand', 'collection', 'upc', 'ean', 'sizeSku', 'categoryName'])(
    'contains %s as a text, empty or null for some',
    (field) => {
      expect(values(field)).toContain('')
      expect(values(field)).toContain(null)
      expect(
        values(field).filter((value) => typeof value === 'string' && value !== '')
      ).not.toEqual([])
    }
  )

  it('stockItemId: unique, and sizes of a variant share productId and variantId', () => {
    expect(new Set(values('stockItemId')).size).toBe(products.length)
    const variants = new Map(products.map(({ variantId, productId }) => [variantId, productId]))
    for (const { variantId, productId } of products) expect(variants.get(variantId)).toBe(productId)
  })

  it('weight: a number or a decimal string', () => {
    expect(new Set(values('weight').map((weight) => typeof weight))).toEqual(
      new Set(['number', 'string'])
    )
    expect(values('weight').every((weight) => Number(weight) > 0)).toBe(true)
  })

  it('weightUnit: kg or lb', () => {
    expect(new Set(values('weightUnit'))).toEqual(new Set(['kg', 'lb']))
  })

  it('active: 1 or 0', () => {
    expect(new Set(values('active'))).toEqual(new Set([1, 0]))
    expect(values('active')).toEqual(products.map((product) => Number(rowOf(product)?.active)))
  })

  it('countryOfOrigin: a two-letter country code, or empty', () => {
    expect(
      values('countryOfOrigin').every((country) => /^([A-Z]{2})?$/.test(String(country)))
    ).toBe(true)
  })

  it('availableStock: physicalStock minus allocatedStock, sometimes negative', () => {
    for (const { physicalStock, allocatedStock, availableStock } of products) {
      expect(physicalStock).toBe(Number(allocatedStock) + Number(availableStock))
    }
    const available = values('availableStock').map(Number)
    expect(available.some((units) => units < 0)).toBe(true)
    expect(available.some((units) => units === 0)).toBe(true)
    expect(available.filter((units) => units > 0).length).toBeGreaterThan(products.length / 2)
  })

  it('createdAt: a time in the time zone of the company', () => {
    const { createdAt, ...product } = products[0] ?? {}
    const text = new Date(rowOf(product)?.created ?? 0).toLocaleString('sv-SE', {
      timeZone: 'Europe/Stockholm',
    })
    expect(createdAt).toBe(text)
  })

  it('contains only documented fields', () => {
    expect(Object.keys(products[0] ?? {}).sort()).toEqual(
      [
        ...['sku', 'product', 'productId', 'variantSku', 'variantId', 'sizeSku', 'stockItemId'],
        ...['ean', 'weight', 'weightUnit', 'size', 'active', 'countryOfOrigin', 'physicalStock'],
        ...['allocatedStock', 'availableStock', 'brand', 'collection', 'variant', 'upc'],
        ...['harmCode', 'harmDescription', 'sizeComment', 'createdAt', 'categoryName'],
      ].sort()
    )
  })

  it('contains the same fields and values in XML, as text, with null as an empty element', async () => {
    const answer = await centra.fetch('?xml=true&limit=40&page=2')
    const parser = new XMLParser({ parseTagValue: false, trimValues: false })
    const { response } = parser.parse(await answer.text())
    const { status, products: list, previous, next } = response
    expect([status, previous, next]).toEqual(['ok', '?limit=40&page=1', '?limit=40&page=3'])
    const expected = products
      .slice(40, 80)
      .map((product) =>
        Object.fromEntries(
          Object.entries(product).map(([name, value]) => [name, String(value ?? '')])
        )
      )
    expect(list.product).toEqual(expected)
  })
})
