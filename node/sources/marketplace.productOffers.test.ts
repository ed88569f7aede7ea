import { counted, offers, reads, settings, sourceOf } from '../../tests/sellers/reads'
import type { ChannelOffer, SkuOffers } from '../clients/sellers'
import { UpstreamError } from '../common/upstreamError'
import { ProductOffers } from './marketplace'

const DETAILS = { skuId: 7, isActive: true, refId: 'R7', ean: undefined, productId: 70 }
const OTHER = { ...DETAILS, skuId: 8, refId: 'R8' }

const seller = (...channels: ChannelOffer[]): SkuOffers => new Map([['2', channels]])
const inChannel = (salesChannel: string, quantity: number | undefined = 5) =>
  seller({ salesChannel, quantity })

function asking(
  answer: () => Promise<ReadonlyMap<number, SkuOffers>>,
  { salesChannel = 1 as number | 'none', products = [70, 70] } = {}
) {
  const ofProduct = counted((_productId: number) => answer())
  const channel = salesChannel === 'none' ? undefined : salesChannel
  let time = 100
  const now = () => time++
  return { ofProduct, of: new ProductOffers({ ofProduct }, products, channel, now) }
}

describe('ProductOffers.of', () => {
  it('asks once for all SKUs of a product, and says when', async () => {
    const bySku = new Map([7, 8].map((skuId) => [skuId, inChannel('1')]))
    const { of, ofProduct } = asking(async () => bySku)
    expect(await of.of(DETAILS, ['2'])).toEqual({ offers: inChannel('1'), observedAt: 100 })
    expect(await of.of(OTHER, ['2'])).toEqual({ offers: inChannel('1'), observedAt: 100 })
    expect(ofProduct.calls).toEqual([[70]])
  })

  it.each([
    ['has another sales channel', inChannel('2')],
    ['has no quantity', seller({ salesChannel: '1', quantity: undefined })],
    [
      'has several sales channels',
      seller(...['1', '2'].map((id) => ({ salesChannel: id, quantity: 5 }))),
    ],
  ])('leaves the SKU, and those after it, to others if the answer %s', async (_what, found) => {
    const { of, ofProduct } = asking(async () => new Map([[7, found]]), {
      products: [70, 70, 71, 71],
    })
    expect(await of.of(DETAILS, ['2'])).toBeUndefined()
    expect(await of.of({ ...OTHER, productId: 71 }, ['2'])).toBeUndefined()
    expect(ofProduct.calls).toEqual([[70]])
  })

  it('leaves only the SKU itself to others if the answer lacks a seller', async () => {
    const bySku = new Map([
      [7, new Map()],
      [8, inChannel('1')],
    ])
    const { of } = asking(async () => bySku)
    expect(await of.of(DETAILS, ['2'])).toBeUndefined()
    expect(await of.of(OTHER, ['2'])).toBeDefined()
  })

  it('leaves a SKU to others if the request fails', async () => {
    const { of } = asking(async () => {
      throw new UpstreamError('VTEX offers', 'missing', 'status 404')
    })
    expect(await of.of(DETAILS, ['2'])).toBeUndefined()
  })

  it.each([
    ['without the setting salesChannel', { salesChannel: 'none' as const }],
    ['for a product with one SKU in the batch', { products: [70, 71] }],
  ])('asks nothing %s', async (_what, more) => {
    const { of, ofProduct } = asking(async () => new Map([[7, inChannel('1')]]), more)
    expect(await of.of(DETAILS, ['2'])).toBeUndefined()
    expect(ofProduct.calls).toEqual([])
  })
})

describe('a refresh of other sellers', () => {
  const kept = (skuId: number) => ({
    ...DETAILS,
    skuId,
    sellers: [{ sellerId: '2', sellerSkuId: '2-7', isActive: true }],
  })

  it.each([
    [true, 1, 0],
    [false, 0, 2],
  ])(
    '%p: reads two SKUs of a product in %p requests for it, %p for single ones',
    async (isRefresh, products, skus) => {
      const ofProduct = counted(
        async () => new Map([7, 8].map((id) => [id, offers({ 1: 9, 2: id })]))
      )
      const ofSku = counted(async (_productId: number, skuId: number) => offers({ 1: 9, 2: skuId }))
      const source = sourceOf(reads({ ofProduct, offers: ofSku }), kept, undefined, {
        ...settings,
        salesChannel: 1,
      })
      const reader = await source.open({ ids: [7, 8], isRefresh })
      const readings = [await reader.read(7), await reader.read(8)]
      expect(readings.flatMap((each) => each.offers)).toMatchObject([
        { skuId: 7, sellerId: '2', quantity: 7 },
        { skuId: 8, sellerId: '2', quantity: 8 },
      ])
      expect([ofProduct.calls.length, ofSku.calls.length]).toEqual([products, skus])
    }
  )
})
