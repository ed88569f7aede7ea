import { supplierOf } from './supplier'

const LONG = 'x'.repeat(257)

describe('the supplier of an offer', () => {
  it("is the seller by its name, and the seller's own id of the SKU", () => {
    expect(supplierOf({ id: '2', name: ' Kronan ' }, '3131')).toEqual({
      name: 'Kronan',
      sku: '3131',
    })
  })

  it.each([null, undefined, '', '  ', '\u0001'])(
    'is known by its id where its name is %j',
    (name) => {
      expect(supplierOf({ id: '2', name }, '7').name).toBe('2')
    }
  )

  it('has a name that Intershop can take, shortened to whole characters if need be', () => {
    expect(supplierOf({ id: '2', name: `A\u0000B\ud800` }, '7').name).toBe('AB')
    expect(supplierOf({ id: '2', name: '🧦'.repeat(300) }, '7').name).toBe('🧦'.repeat(256))
  })

  it('has an SKU of 256 characters, however many UTF-16 units they are', () => {
    const [most, more] = [256, 257].map((count) => supplierOf({ id: '2' }, '🧦'.repeat(count)))
    expect([most?.sku, more?.sku]).toEqual(['🧦'.repeat(256), undefined])
  })

  it.each(['', ' 7', 'a\nb', LONG])('has no SKU rather than another one: %j', (sellerSkuId) => {
    expect(supplierOf({ id: '2', name: 'Kronan' }, sellerSkuId)).toEqual({ name: 'Kronan' })
  })
})
