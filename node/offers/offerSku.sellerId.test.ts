import fc from 'fast-check'
import { isSellerId } from './offerSku'

describe('isSellerId', () => {
  it.each([
    ...['1', '0', '01', '9007199254740992', 'a', 'Seller', 'a-b_c9', 'x'.repeat(100)],
    ...['3dshop', 'shop.pl', '_a', '-a', '.a', 'a..b', '1.5', '1e3'],
  ])('accepts %s', (text) => {
    expect(isSellerId(text)).toBe(true)
  })
})

describe('isSellerId', () => {
  it.each([
    ...['', ' 1', '1\n', 'a b', 'a/b', 'a~b', 'a%2Fb', 'ä', 'a\n', 'a,b', '\u0661'],
    ...['.', '..', '-', '_', '._-', 'x'.repeat(101)],
  ])('rejects %j', (text) => {
    expect(isSellerId(text)).toBe(false)
  })
})

it('isSellerId accepts only what a URL path carries unchanged as one segment', () => {
  const ids = fc.stringOf(fc.constantFrom('.', '-', '_', '0', 'a', 'Z')).filter(isSellerId)
  fc.assert(
    fc.property(ids, (id) => {
      expect(new URL(`https://shop.example/a/${encodeURIComponent(id)}/b`).pathname).toBe(
        `/a/${id}/b`
      )
    })
  )
})
