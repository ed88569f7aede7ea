import fc from 'fast-check'
import { offerIdentity } from './offerSku'

const sku = { skuId: 42, refId: 'REF-1', ean: '4006381333931' }

describe('offerIdentity', () => {
  it.each([
    ['refId', 'REF-1'],
    ['skuId', '42'],
    ['ean', '4006381333931'],
  ] as const)('returns the %s if the settings say so', (identifier, offerSku) => {
    expect(offerIdentity(sku, '1', identifier, '')).toEqual({ offerSku })
  })

  it('appends the id of another seller', () => {
    expect(offerIdentity(sku, 'acme', 'refId', '')).toEqual({ offerSku: 'REF-1_acme' })
  })

  it('follows the template for every seller', () => {
    const template = 'V-{sku}-{sellerId}-{sku}'
    expect(offerIdentity(sku, '1', 'skuId', template)).toEqual({ offerSku: 'V-42-1-42' })
  })

  it('inserts the reference verbatim', () => {
    for (const refId of ['{sellerId}', '$&$1', '007', "<a b='&'>"]) {
      expect(offerIdentity({ skuId: 1, refId }, '1', 'refId', 'x{sku}')).toEqual({
        offerSku: `x${refId}`,
      })
    }
  })

  it.each([undefined, '', '  '])('returns unmapped for the reference %p', (refId) => {
    expect(offerIdentity({ skuId: 1, refId }, '1', 'refId', '')).toEqual({
      unmapped: 'the SKU has no refId',
    })
  })

  it('accepts 256 characters at most', () => {
    const named = (length: number) =>
      offerIdentity({ skuId: 1, refId: 'r'.repeat(length) }, '1', 'refId', '-{sku}')
    expect(named(255)).toEqual({ offerSku: `-${'r'.repeat(255)}` })
    expect(named(256)).toEqual({
      unmapped: 'the offer SKU has 257 characters, 256 are allowed',
    })
  })

  it('counts characters, not UTF-16 units', () => {
    const named = (refId: string) => offerIdentity({ skuId: 1, refId }, '1', 'refId', '')
    expect(named('🧦'.repeat(256))).toEqual({ offerSku: '🧦'.repeat(256) })
    expect(named('🧦'.repeat(257))).toEqual({
      unmapped: 'the offer SKU has 257 characters, 256 are allowed',
    })
  })

  it('returns unmapped for a name that XML cannot carry', () => {
    const character = fc.constantFrom('\u0000', '\t', '\n', '\u001f', '\u007f', '\u0085', '\ufffe')
    const half = fc.constantFrom('\ud83d', '\udc4d')
    fc.assert(
      fc.property(fc.oneof(character, half), (bad) => {
        expect(offerIdentity({ skuId: 1, refId: `a${bad}b` }, '1', 'refId', '')).toEqual({
          unmapped: 'the refId has characters that XML cannot carry',
        })
      })
    )
  })
})
