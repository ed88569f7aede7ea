import fc from 'fast-check'
import { identifierIn, offerIdentity } from './offerSku'

describe('identifierIn', () => {
  it('returns the identifier that the offer SKU was made of, with any template', () => {
    const text = fc
      .stringMatching(/^[A-Za-z0-9 .*+?^$()[\]|\\/_-]{1,12}$/)
      .map((word) => word.trim())
    const template = fc.constantFrom(
      '',
      '{sku}',
      'a.{sku}',
      '{sku}-{sellerId}',
      '({sku}){sellerId}$'
    )
    const seller = fc.constantFrom('1', 'shop', 's-2')
    fc.assert(
      fc.property(text.filter(Boolean), template, seller, (refId, form, sellerId) => {
        const identity = offerIdentity({ skuId: 1, refId }, sellerId, 'refId', form)
        const offerSku = 'offerSku' in identity ? identity.offerSku : ''
        expect(identifierIn(offerSku, sellerId, form)).toBe(refId)
      })
    )
  })

  it.each([
    ['abc', 'shop', ''],
    ['abc_other', 'shop', ''],
    ['abc', '1', 'vtex-{sku}'],
    ['ab', '1', '{sku}{sku}'],
  ])('finds none in %s, seller %s, template "%s"', (offerSku, sellerId, template) => {
    expect(identifierIn(offerSku, sellerId, template)).toBeUndefined()
  })

  it('accepts a line separator', () => {
    expect(identifierIn('a\u2028b_shop', 'shop', '')).toBe('a\u2028b')
  })

  it('reads a template with two identifiers if both are the same', () => {
    expect(identifierIn('a7/a7', '1', '{sku}/{sku}')).toBe('a7')
  })
})
