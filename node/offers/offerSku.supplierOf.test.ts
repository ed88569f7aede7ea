import { supplierOf } from './offerSku'

const LONG = 'x'.repeat(257)

describe('supplierOf', () => {
  it("returns the seller's name and its own SKU id", () => {
    expect(supplierOf({ id: '2', name: ' Kronan ' }, '3131')).toEqual({
      name: 'Kronan',
      sku: '3131',
    })
  })

  it.each([null, undefined, '', '  ', '\u0001'])(
    'returns the id as the name if the name is %j',
    (name) => {
      expect(supplierOf({ id: '2', name }, '7').name).toBe('2')
    }
  )

  it('returns a name that Intershop accepts, cut between characters', () => {
    expect(supplierOf({ id: '2', name: `A\u0000B\ud800` }, '7').name).toBe('AB')
    expect(supplierOf({ id: '2', name: '🧦'.repeat(300) }, '7').name).toBe('🧦'.repeat(256))
  })

  it('accepts a SKU of 256 characters, not UTF-16 units', () => {
    const [most, more] = [256, 257].map((count) => supplierOf({ id: '2' }, '🧦'.repeat(count)))
    expect([most?.sku, more?.sku]).toEqual(['🧦'.repeat(256), undefined])
  })

  it.each(['', ' 7', 'a\nb', LONG])('returns no SKU for %j', (sellerSkuId) => {
    expect(supplierOf({ id: '2', name: 'Kronan' }, sellerSkuId)).toEqual({ name: 'Kronan' })
  })
})
