import { NEEDED } from '../../../tests/centra/answers'
import { isUnreadable, readRow } from './row'

const complete = {
  ...{ sku: '12019005', productId: 10, variantSku: 'A', variantId: 9, sizeSku: 'X' },
  ...{ brand: 'Kronan', collection: 'ALL', product: 'Bike Lady', variant: 'SVART', size: 'ONE' },
  ...{ stockItemId: 3131, ean: '1234567890123', upc: '123456789012', weight: 22, weightUnit: 'kg' },
  ...{ countryOfOrigin: 'SE', harmCode: '87120030', harmDescription: 'Cyklar', active: 1 },
  ...{ physicalStock: 5, allocatedStock: 1, availableStock: 4 },
}
const TEXTS = [
  ...['ean', 'upc', 'brand', 'collection', 'product', 'variant', 'size', 'weightUnit'],
  ...['countryOfOrigin', 'harmCode', 'harmDescription'],
]
const NUMBERS = ['physicalStock', 'allocatedStock', 'productId', 'variantId']

const read = (changes: object) => readRow({ ...complete, ...changes }, 3)

describe('a row of Centra’s stock', () => {
  it('is read with every field that is documented or was seen', () => {
    expect(readRow(complete, 0)).toEqual({ ...complete, active: true })
  })

  it('keeps fields that nobody documented', () => {
    const more = { sizeComment: 'EU', attributes: [{ name: 'season', value: null }] }
    expect(read(more)).toMatchObject(more)
  })

  it('keeps no field that would make it an unreadable one', () => {
    const row = read({ problem: 'torn' })
    expect(isUnreadable(row)).toBe(false)
    expect(row).toEqual({ ...complete, active: true })
  })

  it('needs no more than its ids, its SKU, its activity and its stock', () => {
    expect(readRow({ ...NEEDED, active: 1 }, 0)).toEqual(NEEDED)
  })

  it.each(TEXTS)('has no %s where it is null or empty', (field) => {
    for (const value of [null, '', undefined]) {
      expect(read({ [field]: value })).toEqual({ ...complete, active: true, [field]: undefined })
    }
  })

  it.each([[null], [''], [undefined]])('has an empty sizeSku where it is %j', (sizeSku) => {
    expect(read({ sizeSku })).toMatchObject({ sizeSku: '' })
  })

  it('may have an empty variantSku', () => {
    expect(read({ variantSku: '' })).toMatchObject({ variantSku: '' })
  })

  it.each([
    { weight: 22, expected: 22 },
    { weight: '22', expected: 22 },
    { weight: '22.00', expected: 22 },
    { weight: 0.5, expected: 0.5 },
    { weight: '.50', expected: 0.5 },
    { weight: null, expected: undefined },
    { weight: '', expected: undefined },
    { weight: undefined, expected: undefined },
  ])('with the weight $weight weighs $expected', ({ weight, expected }) => {
    expect(read({ weight })).toMatchObject({ weight: expected })
  })

  it.each<[unknown, boolean]>([
    ...[1, '1', true, 'true'].map((given): [unknown, boolean] => [given, true]),
    ...[0, '0', false, 'false'].map((given): [unknown, boolean] => [given, false]),
  ])('with active %j is active: %p', (active, expected) => {
    expect(read({ active })).toMatchObject({ active: expected })
  })

  it('may have less stock than none', () => {
    expect(read({ availableStock: -2, physicalStock: -1 })).toMatchObject({ availableStock: -2 })
  })
})

describe('a row that cannot be understood names itself, its field and what was expected:', () => {
  it.each<[string, unknown[], string]>([
    ['availableStock', [undefined, null, '', '4', 4.5, true, 'x', Infinity], 'a whole number'],
    ...NUMBERS.map((field): [string, unknown[], string] => [
      field,
      [null, '', '4', 4.5, true, {}],
      'a whole number',
    ]),
    ['sku', [undefined, null, 12019005, {}], 'text'],
    ['variantSku', [undefined, null, 1], 'text'],
    ['sizeSku', [1, {}, []], 'text'],
    ...TEXTS.map((field): [string, unknown[], string] => [field, [7, true, {}, []], 'text']),
    ['weight', ['heavy', '1,5', '1.', '-1', true, {}], 'a number'],
    ['active', [undefined, null, 2, '', 'yes', {}], 'true or false'],
  ])('%s', (field, values, expected) => {
    for (const value of values) {
      expect([value, read({ [field]: value })]).toEqual([
        value,
        { stockItemId: 3131, problem: `products[3].${field}: expected ${expected}` },
      ])
    }
  })

  it('stockItemId, and then it has none', () => {
    for (const stockItemId of [undefined, null, '3131', 1.5]) {
      const row = read({ stockItemId })
      expect(row).toEqual({ problem: 'products[3].stockItemId: expected a whole number' })
      expect(isUnreadable(row)).toBe(true)
    }
  })

  it('itself, where it is no row', () => {
    for (const value of [null, 'row', 5, [complete]]) {
      expect(readRow(value, 0)).toEqual({ problem: 'products[0]: expected an object' })
    }
  })
})
