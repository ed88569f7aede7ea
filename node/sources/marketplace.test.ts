import {
  ALL,
  bound,
  context,
  counted,
  offers,
  quantities,
  read,
  reads,
  SELLERS,
  settings,
  sourceOf,
  throws,
} from '../../tests/sellers/reads'
import { codeOf, UpstreamError } from '../common/upstreamError'

describe('marketplace', () => {
  it('offers what each bound seller has, observed before the reading', async () => {
    const same = { skuId: 7, observedAt: 1_000, refId: 'R7', ean: undefined }
    expect(await read()).toEqual({
      offers: [
        { ...same, sellerId: '2', quantity: 5, supplier: { name: 'Kronan', sku: '2-7' } },
        { ...same, sellerId: 'acme', quantity: 6, supplier: { name: 'acme', sku: 'acme-7' } },
      ],
      failures: [],
    })
  })

  it('requests the offers of all sellers with one call for the product', async () => {
    const asked = counted(reads().offers)
    await read({ offers: asked })
    expect(asked.calls).toEqual([[70, 7]])
  })

  it('offers nothing for sellers that are not exported, and makes no request if none is', async () => {
    const one = async () => new Map([['acme', SELLERS[1] ?? fail()]])
    expect(await quantities({ sellers: one })).toEqual({ acme: 6 })
    const none = {
      sellers: async () => new Map(),
      skuDetails: throws('down'),
      offers: throws('down'),
    }
    expect(await quantities(none)).toEqual({})
  })

  it('offers 0 without a request while the SKU, the binding or the seller is inactive', async () => {
    const closed = { sellers: [bound('closed'), bound('2', false)] }
    const unasked = { offers: throws('down') }
    const inactive = async () => context({ isActive: false })
    expect(await quantities({ ...unasked, skuDetails: inactive })).toEqual({ 2: 0, acme: 0 })
    expect(await quantities({ ...unasked, skuDetails: async () => context(closed) })).toEqual({
      closed: 0,
      2: 0,
    })
  })

  it('offers 0 for a bound seller without an offer in the response', async () => {
    expect(await quantities({ offers: async () => offers({ 2: 5 }) })).toEqual({ 2: 5, acme: 0 })
  })

  it('offers the quantity in the salesChannel of the settings, less the safety stock', async () => {
    const rules = { ...settings, salesChannel: 2, safetyStock: 4 }
    const channels = [
      { salesChannel: '1', quantity: 50 },
      { salesChannel: '2', quantity: 9 },
    ]
    const all = reads({ offers: async () => new Map([['2', channels]]) })
    const reader = await sourceOf(all, undefined, ALL, rules).open({ ids: [7] })
    expect((await reader.read(7)).offers).toMatchObject([{ quantity: 5 }, { quantity: 0 }])
  })

  it('fails one seller whose quantity is missing, and offers no 0', async () => {
    expect(await read({ offers: async () => offers({ 2: undefined, acme: 6 }) })).toMatchObject({
      offers: [{ sellerId: 'acme', quantity: 6 }],
      failures: [
        {
          skuId: 7,
          sellerId: '2',
          code: 'upstream_malformed',
          message: 'VTEX offers: seller 2: no available quantity',
        },
      ],
    })
  })

  it.each(['refused', 'down', 'overloaded', 'malformed', 'missing'] as const)(
    'fails each seller that may sell if offers are %s, and offers 0 for the others',
    async (errorKind) => {
      const sellers = [bound('2'), bound('acme'), bound('closed')]
      const more = { offers: throws(errorKind), skuDetails: async () => context({ sellers }) }
      const failure = { skuId: 7, code: codeOf(errorKind), message: 'VTEX offers: status ...' }
      expect(await read(more)).toMatchObject({
        offers: [{ sellerId: 'closed', quantity: 0 }],
        failures: [
          { ...failure, sellerId: '2' },
          { ...failure, sellerId: 'acme' },
        ],
      })
    }
  )

  it('fails the SKU once if its sellers are unknown, and names the seller if it can be only one', async () => {
    const failure = { skuId: 7, code: 'upstream_down', message: 'VTEX offers: status ...' }
    expect(await read({ skuDetails: throws('down') })).toEqual({ offers: [], failures: [failure] })
    const one = async () => new Map([['acme', SELLERS[1] ?? fail()]])
    expect(await read({ skuDetails: throws('down'), sellers: one })).toEqual({
      offers: [],
      failures: [{ ...failure, sellerId: 'acme' }],
    })
  })

  it('fails the SKU if VTEX returns neither its sellers nor its product', async () => {
    const code = 'upstream_malformed'
    const unknown = async () => context({ sellers: undefined })
    expect((await read({ skuDetails: unknown })).failures).toMatchObject([{ skuId: 7, code }])
    const homeless = async () => context({ productId: undefined })
    expect((await read({ skuDetails: homeless })).failures).toMatchObject([
      { sellerId: '2', code },
      { sellerId: 'acme', code },
    ])
  })

  it.each([
    ['offers', 'circuitOpen'],
    ['skuDetails', 'circuitOpen'],
    ['sellers', 'down'],
    ['sellers', 'refused'],
  ] as const)('rejects if %s are %s', async (call, errorKind) => {
    await expect(read({ [call]: throws(errorKind) })).rejects.toThrow(UpstreamError)
  })
})

function fail(): never {
  throw new Error('no such seller')
}
