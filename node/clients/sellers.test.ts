import type { IOContext } from '@vtex/api'

import { unlimited } from '../../tests/throttling/unlimited'
import { Offers } from './sellers'

/** VTEX's offer manager that answers as it is told. */
function answering(answer: unknown) {
  const paths: string[] = []
  const get = async (path: string) => {
    paths.push(path)
    return answer
  }
  const context = { account: 'shop', authToken: 'token' } as unknown as IOContext
  return { offers: Object.assign(unlimited(new Offers(context)), { http: { get } }), paths }
}

const channel = (salesChannelId: unknown, availableQuantity: unknown) => ({
  salesChannelId,
  availableQuantity,
  price: 100,
})
const seller = (sellerId: string, salesChannelOffer: unknown) => ({
  sellerId,
  sellerSkuId: '70',
  salesChannelOffer,
})
const answerOf = (sellersOffers: unknown) => [{ productId: '70', skuId: '7', sellersOffers }]

const read = async (answer: unknown) =>
  Object.fromEntries(await answering(answer).offers.ofSku(70, 7))

describe('Offers.ofSku', () => {
  it('returns the quantity of each seller in each sales channel', async () => {
    const { offers, paths } = answering(
      answerOf([seller('1', [channel(1, 4)]), seller('2', [channel('1', 3), channel(2, 0)])])
    )
    expect(await offers.ofSku(70, 7)).toEqual(
      new Map([
        ['1', [{ salesChannel: '1', quantity: 4 }]],
        [
          '2',
          [
            { salesChannel: '1', quantity: 3 },
            { salesChannel: '2', quantity: 0 },
          ],
        ],
      ])
    )
    expect(paths).toEqual(['/api/offer-manager/pvt/product/70/sku/7'])
  })

  it('reads PascalCase and its other field names', async () => {
    const pascal = (name: string) => [
      {
        ProductId: 70,
        SkuId: 7,
        SellersOffers: [
          { SellerId: '2', OffersPerSalesChannel: [{ [name]: 1, AvailableQuantity: 3 }] },
        ],
      },
    ]
    for (const name of ['SalesChannelId', 'SalesChannel', 'SaleChannel']) {
      expect(await read(pascal(name))).toEqual({ 2: [{ salesChannel: '1', quantity: 3 }] })
    }
  })

  it('reads an object in place of a list of one', async () => {
    const [one] = answerOf(seller('2', channel(1, 3)))
    expect(await read(one)).toEqual({ 2: [{ salesChannel: '1', quantity: 3 }] })
  })

  it.each([undefined, null, '3', {}, Number.NaN])(
    'returns an unknown quantity, not 0, for %p',
    async (quantity) => {
      expect(await read(answerOf([seller('2', [channel(1, quantity)])]))).toEqual({
        2: [{ salesChannel: '1', quantity: undefined }],
      })
    }
  )

  it.each([undefined, null, 'none'])(
    'returns an unknown quantity, not 0, for the channels %p',
    async (channels) => {
      expect(await read(answerOf([seller('2', channels)]))).toEqual({
        2: [{ salesChannel: undefined, quantity: undefined }],
      })
    }
  )

  it('returns no offer for an empty list of channels, and none of absent sellers', async () => {
    expect(await read(answerOf([seller('2', [])]))).toEqual({ 2: [] })
    expect(await read(answerOf([]))).toEqual({})
  })

  it.each([
    ['of nothing', []],
    ['of another SKU', [{ skuId: '07', sellersOffers: [] }]],
    ['of no sellers', answerOf(undefined)],
    ['of a seller without an id', answerOf([{ salesChannelOffer: [channel(1, 3)] }])],
    ['that is text', 'text'],
    ['that is null', null],
  ])('rejects as malformed a response %s', async (_, answer) => {
    await expect(read(answer)).rejects.toMatchObject({ kind: 'malformed' })
  })
})
