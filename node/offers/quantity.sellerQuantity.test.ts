import fc from 'fast-check'
import { type ChannelOffer, sellerQuantity } from './quantity'

const offer = (salesChannel: string | undefined, quantity?: number): ChannelOffer => ({
  salesChannel,
  quantity,
})

const of = (channels: ChannelOffer[], salesChannel?: number, safetyStock = 0) =>
  sellerQuantity(channels, { salesChannel, safetyStock })

describe('what another seller can sell', () => {
  it('is the most that a sales channel has, where none is chosen', () => {
    expect(of([offer('1', 3), offer('2', 8), offer(undefined, 5)])).toEqual({ quantity: 8 })
  })

  it('is what the chosen sales channel has, and 0 where the seller does not offer there', () => {
    const channels = [offer('1', 3), offer('2', 8), offer('10', 9)]
    expect(of(channels, 1)).toEqual({ quantity: 3 })
    expect(of(channels, 3)).toEqual({ quantity: 0 })
  })

  it('is nothing where the seller offers in no channel', () => {
    expect(of([])).toEqual({ quantity: 0 })
    expect(of([], 1)).toEqual({ quantity: 0 })
  })

  it('is unknown, and not 0, where a number that counts is missing', () => {
    expect(of([offer('1', 3), offer('2')])).toEqual({ unknown: 'no available quantity' })
    expect(of([offer('1', 3), offer('2')], 2)).toEqual({ unknown: 'no available quantity' })
    expect(of([offer('1', 3), offer('2')], 1)).toEqual({ quantity: 3 })
  })

  it('is unknown where the chosen channel may be one without an id', () => {
    expect(of([offer(undefined, 3)], 2)).toEqual({ unknown: 'a sales channel without an id' })
    expect(of([offer(undefined, 3), offer('2', 4)], 2)).toEqual({ quantity: 4 })
  })

  it('leaves the safety stock, and is a whole number that Intershop can take', () => {
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
