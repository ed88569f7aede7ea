import { isSellerId } from './sellerId'

describe('a seller id is', () => {
  it.each(['1', '9007199254740991', 'a', 'Seller', 'a-b_c9', 'x'.repeat(100)])('%s', (text) => {
    expect(isSellerId(text)).toBe(true)
  })
})

describe('no seller id is', () => {
  it.each([
    ...['', '0', '01', '-1', '1.5', '1e3', '9007199254740992', '99999999999999999', ' 1', '1\n'],
    ...['9a', '_a', '-a', 'a b', 'a/b', 'ä', 'a\n', 'x'.repeat(101)],
  ])('%j', (text) => {
    expect(isSellerId(text)).toBe(false)
  })
})
