import fc from 'fast-check'
import { type ChannelOffer, sellerQuantity } from './quantity'

const offer = (salesChannel: string | undefined, quantity?: number): ChannelOffer => ({
  salesChannel,
  quantity,
})

const of = (channels: ChannelOffer[], salesChannel?: number, safetyStock = 0) =>
  sellerQuantity(channels, { salesChannel, safetyStock })

describe('sellerQuantity', () => {
  it('returns the highest quantity of all sales channels if none is chosen', () => {
    expect(of([offer('1', 3), offer('2', 8), offer(undefined, 5)])).toEqual({ quantity: 8 })
  })

  it('returns the quantity of the chosen channel, and 0 if the seller has no offer there', () => {
    const channels = [offer('1', 3), offer('2', 8), offer('10', 9)]
    expect(of(channels, 1)).toEqual({ quantity: 3 })
    expect(of(channels, 3)).toEqual({ quantity: 0 })
  })

  it('returns 0 if the seller has no offer in any channel', () => {
    expect(of([])).toEqual({ quantity: 0 })
    expect(of([], 1)).toEqual({ quantity: 0 })
  })

  it('returns unknown, not 0, if a relevant quantity is missing', () => {
    expect(of([offer('1', 3), offer('2')])).toEqual({ unknown: 'no available quantity' })
    expect(of([offer('1', 3), offer('2')], 2)).toEqual({ unknown: 'no available quantity' })
    expect(of([offer('1', 3), offer('2')], 1)).toEqual({ quantity: 3 })
  })

  it('returns unknown if the chosen channel may be one without an id', () => {
    expect(of([offer(undefined, 3)], 2)).toEqual({ unknown: 'a sales channel without an id' })
    expect(of([offer(undefined, 3), offer('2', 4)], 2)).toEqual({ quantity: 4 })
  })

  it('subtracts the safety stock, and returns a whole number that Intershop accepts', () => {
    const quantities = fc.array(fc.double({ min: -1e12, max: 1e12, noNaN: true }), { minLength: 1 })
    fc.assert(
      fc.property(quantities, fc.nat(50), (given, safetyStock) => {
        const channels = given.map((each) => offer('1', each))
        const most = Math.floor(Math.max(...given))
        expect(of(channels, undefined, safetyStock)).toEqual({
          quantity: Math.min(2 ** 31 - 1, Math.max(0, most - safetyStock)),
        })
      })
    )
  })
})
