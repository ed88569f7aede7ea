import { NEEDED } from '../../tests/centra/answers'
import { isUnreadable, readRow } from './centraStockPage'

const complete = {
  ...{ sku: '12019005', productId: 10, variantSku: 'A', variantId: 9, sizeSku: 'X' },
  ...{ brand: 'Kronan', collection: 'ALL', product: 'Bike Lady', variant: 'SVART', size: 'ONE' },
  ...{ stockItemId: 3131, ean: '1234567890123', upc: '123456789012', weight: 22, weightUnit: 'kg' },
  ...{ countryOfOrigin: 'SE', harmCode: '87120030', harmDescription: 'Cyklar', active: 1 },
  ...{ physicalStock: 5, allocatedStock: 1, availableStock: 4 },
}
const UNUSED_TEXTS = [
  ...['upc', 'brand', 'collection', 'product', 'variant', 'size', 'weightUnit'],
  ...['countryOfOrigin', 'harmCode', 'harmDescription'],
]
const UNUSED_NUMBERS = ['physicalStock', 'allocatedStock', 'productId', 'variantId']

/** A row, and the fields of which it is told that they are of another type than documented. */
function noted(changes: object) {
  const unexpected = new Set<string>()
  return { row: readRow({ ...complete, ...changes }, 3, unexpected), unexpected: [...unexpected] }
}
const read = (changes: object) => noted(changes).row

describe('readRow', () => {
  it('returns every field that is documented or was seen', () => {
    expect(noted({})).toEqual({ row: { ...complete, active: true }, unexpected: [] })
  })

  it('keeps undocumented fields', () => {
    const more = { sizeComment: 'EU', attributes: [{ name: 'season', value: null }] }
    expect(read(more)).toMatchObject(more)
  })

  it('drops a field that would mark the row as unreadable', () => {
    const row = read({ problem: 'torn' })
    expect(isUnreadable(row)).toBe(false)
    expect(row).toEqual({ ...complete, active: true })
  })

  it('accepts a row with only ids, SKU, activity and stock', () => {
    expect(readRow({ ...NEEDED, active: 1 }, 0, new Set())).toEqual(NEEDED)
  })

  it.each(['ean', 'weight', ...UNUSED_TEXTS, ...UNUSED_NUMBERS])(
    'omits %s if it is null or empty',
    (field) => {
      for (const value of [null, '', undefined]) {
        expect(noted({ [field]: value })).toEqual({
          row: { ...complete, active: true, [field]: undefined },
          unexpected: [],
        })
      }
    }
  )

  it.each(['variantSku', 'sizeSku'])(
    'returns an empty %s if it is null, empty or absent',
    (field) => {
      for (const value of [null, '', undefined]) {
        expect(read({ [field]: value })).toEqual({ ...complete, active: true, [field]: '' })
      }
    }
  )

  it.each<[string, unknown, number]>([
    ['availableStock', '4', 4],
    ['availableStock', ' -2 ', -2],
    ['stockItemId', '3131', 3131],
    ...UNUSED_NUMBERS.map((field): [string, unknown, number] => [field, '10', 10]),
  ])('returns %s as a number if it is the text %j', (field, value, expected) => {
    expect(noted({ [field]: value })).toEqual({
      row: { ...complete, active: true, [field]: expected },
      unexpected: [],
    })
  })

  it.each<[string, unknown[]]>([
    ...UNUSED_NUMBERS.map((field): [string, unknown[]] => [field, ['many', 4.5, true, {}]]),
    ...UNUSED_TEXTS.map((field): [string, unknown[]] => [field, [5, 87120030, false, {}, []]]),
    ['weight', ['22,5', 'heavy', '1.', '-1', true, {}]],
  ])('keeps %s unchanged if its type is unexpected, and reports it', (field, values) => {
    for (const value of values) {
      expect(noted({ [field]: value })).toEqual({
        row: { ...complete, active: true, [field]: value },
        unexpected: [field],
      })
    }
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
  ])('reads the weight $weight as $expected', ({ weight, expected }) => {
    expect(read({ weight })).toMatchObject({ weight: expected })
  })

  it.each<[unknown, boolean]>([
    ...[1, '1', true, 'true'].map((given): [unknown, boolean] => [given, true]),
    ...[0, '0', false, 'false'].map((given): [unknown, boolean] => [given, false]),
  ])('reads active %j as %p', (active, expected) => {
    expect(read({ active })).toMatchObject({ active: expected })
  })

  it('accepts negative stock', () => {
    expect(read({ availableStock: -2, physicalStock: -1 })).toMatchObject({ availableStock: -2 })
  })
})

describe('readRow with a malformed row', () => {
  it.each<[string, unknown[], string]>([
    [
      'availableStock',
      [undefined, null, '', ' ', '4.5', '4,0', '0x4', 4.5, true, 'x', Infinity, '9'.repeat(20), []],
      'a whole number',
    ],
    ['sku', [undefined, null, 12019005, {}], 'text'],
    ['variantSku', [1, {}, []], 'text'],
    ['sizeSku', [1, {}, []], 'text'],
    ['ean', [7, 1234567890123, true, {}, []], 'text'],
    ['active', [undefined, null, 2, '', 'yes', {}], 'true or false'],
  ])('reports the field %s and the expected type', (field, values, expected) => {
    for (const value of values) {
      expect([value, read({ [field]: value })]).toEqual([
        value,
        { stockItemId: 3131, problem: `products[3].${field}: expected ${expected}` },
      ])
    }
  })

  it('reports a malformed stockItemId, and returns no id', () => {
    for (const stockItemId of [undefined, null, '', 'x', 1.5]) {
      const row = read({ stockItemId })
      expect(row).toEqual({ problem: 'products[3].stockItemId: expected a whole number' })
      expect(isUnreadable(row)).toBe(true)
    }
  })

  it('reports a value that is not an object', () => {
    for (const value of [null, 'row', 5, [complete]]) {
      expect(readRow(value, 0, new Set())).toEqual({ problem: 'products[0]: expected an object' })
    }
  })
})
