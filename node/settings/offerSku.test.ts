import { settingsOf } from '../../tests/ledger/world'

const WITHOUT = '{sku}-x'

describe('a template of offer SKUs that does not name the seller', () => {
  it.each([
    ['1,2', '2 sellers are exported'],
    ['', 'all sellers are exported'],
  ])('is refused where sellers is "%s"', (sellers, why) => {
    const expected = `offerSku: expected a template with {sellerId} too, such as {sku}_{sellerId}, since ${why}`
    expect(() => settingsOf({ offerSku: WITHOUT, sellers })).toThrow(expected)
  })

  it.each(['1', '2', '2, 2'])('is taken where sellers is one alone: "%s"', (sellers) => {
    expect(settingsOf({ offerSku: WITHOUT, sellers }).offerSku).toBe(WITHOUT)
  })

  it('is no matter to one that names it, and to the default', () => {
    expect(settingsOf({ offerSku: '{sellerId}/{sku}' }).offerSku).toBe('{sellerId}/{sku}')
    expect(settingsOf({}).offerSku).toBe('')
  })
})
