import { settingsOf } from '../../tests/ledger/world'

const WITHOUT = '{sku}-x'

describe('parseSettings with an offerSku that does not name the seller', () => {
  it.each([
    ['1,2', '2 sellers are exported'],
    ['', 'all sellers are exported'],
  ])('rejects it where sellers is "%s"', (sellers, why) => {
    const expected = `offerSku: expected a template with {sellerId} too, such as {sku}_{sellerId}, since ${why}`
    expect(() => settingsOf({ offerSku: WITHOUT, sellers })).toThrow(expected)
  })

  it.each(['1', '2', '2, 2'])('accepts it where sellers names one alone: "%s"', (sellers) => {
    expect(settingsOf({ offerSku: WITHOUT, sellers }).offerSku).toBe(WITHOUT)
  })

  it('accepts a template that names the seller, and the default', () => {
    expect(settingsOf({ offerSku: '{sellerId}/{sku}' }).offerSku).toBe('{sellerId}/{sku}')
    expect(settingsOf({}).offerSku).toBe('')
  })
})
