import type { SkuContext } from '../clients/catalog'
import { UpstreamError } from '../clients/upstreamError'
import type { Contexts } from './contexts'
import type { Listing } from './sellers'
import { otherSellers, type SellersReads } from './sellers'

const SELLERS = [
  { id: '2', name: 'Kronan', isActive: true },
  { id: 'acme', name: null, isActive: true },
  { id: 'closed', name: 'Closed', isActive: false },
]

const bound = (sellerId: string, isActive = true) => ({
  sellerId,
  sellerSkuId: `${sellerId}-7`,
  isActive,
})

const context = (more: Partial<SkuContext> = {}): SkuContext => ({
  ...{ skuId: 7, isActive: true, refId: 'R7', ean: undefined, productId: 70 },
  sellers: [bound('1'), bound('2'), bound('acme')],
  ...more,
})

const offers = (quantities: Record<string, number | undefined>) =>
  new Map(
    Object.entries(quantities).map(([id, quantity]) => [id, [{ salesChannel: '1', quantity }]])
  )

const reads = (more: Partial<SellersReads> = {}): SellersReads => ({
  sellers: async () => new Map(SELLERS.map((seller) => [seller.id, seller])),
  skuIds: async () => [],
  skuContext: async () => context(),
  offers: async () => offers({ 1: 100, 2: 5, acme: 6 }),
  ...more,
})

const settings: Parameters<typeof otherSellers>[1] = {
  maxConcurrency: 3,
  salesChannel: undefined,
  safetyStock: 0,
}
const ALL: Listing = { inactiveToo: false }

function sourceOf(all: SellersReads, kept?: SkuContext, listing = ALL, rules = settings) {
  const contexts: Contexts = {
    kept: () => kept,
    read: all.skuContext,
    keep: async () => undefined,
  }
  return otherSellers(
    all,
    rules,
    listing,
    async () => contexts,
    () => 1_000
  )
}

async function read(more: Partial<SellersReads> = {}, kept?: SkuContext) {
  const reader = await sourceOf(reads(more), kept).open({ ids: [7] })
  return reader.read(7)
}

/** Quantities by seller. */
async function quantities(more: Partial<SellersReads> = {}, kept?: SkuContext) {
  const reading = await read(more, kept)
  expect(reading.failures).toEqual([])
  return Object.fromEntries(reading.offers.map(({ sellerId, quantity }) => [sellerId, quantity]))
}

const throws = (trouble: UpstreamError['trouble']) => async () => {
  throw new UpstreamError('VTEX offers', trouble, 'status ...')
}

const counted = <A extends unknown[], T>(act: (...given: A) => Promise<T>) => {
  const calls: A[] = []
  const counting = async (...given: A) => {
    calls.push(given)
    return act(...given)
  }
  return Object.assign(counting, { calls })
}

describe("another seller's offer", () => {
  it('is what the marketplace has of a bound seller, as old as the moment before its reading', async () => {
    const same = { skuId: 7, observedAt: 1_000, refId: 'R7', ean: undefined }
    expect(await read()).toEqual({
      offers: [
        { ...same, sellerId: '2', quantity: 5, supplier: { name: 'Kronan', sku: '2-7' } },
        { ...same, sellerId: 'acme', quantity: 6, supplier: { name: 'acme', sku: 'acme-7' } },
      ],
      failures: [],
    })
  })

  it('is asked for by the product of the SKU, in one call for all sellers', async () => {
    const asked = counted(reads().offers)
    await read({ offers: asked })
    expect(asked.calls).toEqual([[70, 7]])
  })

  it('is none of a seller that is not exported, and nothing is asked for where none is', async () => {
    const one = async () => new Map([['acme', SELLERS[1] ?? fail()]])
    expect(await quantities({ sellers: one })).toEqual({ acme: 6 })
    const none = {
      sellers: async () => new Map(),
      skuContext: throws('down'),
      offers: throws('down'),
    }
    expect(await quantities(none)).toEqual({})
  })

  it('is 0 while the SKU, the binding or the seller is inactive, without a look at offers', async () => {
    const closed = { sellers: [bound('closed'), bound('2', false)] }
    const unasked = { offers: throws('down') }
    const inactive = async () => context({ isActive: false })
    expect(await quantities({ ...unasked, skuContext: inactive })).toEqual({ 2: 0, acme: 0 })
    expect(await quantities({ ...unasked, skuContext: async () => context(closed) })).toEqual({
      closed: 0,
      2: 0,
    })
  })

  it('is 0 where the marketplace has none of a seller that may sell', async () => {
    expect(await quantities({ offers: async () => offers({ 2: 5 }) })).toEqual({ 2: 5, acme: 0 })
  })

  it('is what the sales channel of the settings has, less the safety stock', async () => {
    const rules = { ...settings, salesChannel: 2, safetyStock: 4 }
    const channels = [
      { salesChannel: '1', quantity: 50 },
      { salesChannel: '2', quantity: 9 },
    ]
    const all = reads({ offers: async () => new Map([['2', channels]]) })
    const reader = await sourceOf(all, undefined, ALL, rules).open({ ids: [7] })
    expect((await reader.read(7)).offers).toMatchObject([{ quantity: 5 }, { quantity: 0 }])
  })

  it('is a failure of its own, and not 0, where its quantity is missing', async () => {
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

  it.each(['down', 'overloaded', 'malformed', 'missing'] as const)(
    'is a failure for each seller that may sell where offers are %s, and 0 for the others',
    async (trouble) => {
      const sellers = [bound('2'), bound('acme'), bound('closed')]
      const more = { offers: throws(trouble), skuContext: async () => context({ sellers }) }
      const failure = { skuId: 7, code: `upstream_${trouble}`, message: 'VTEX offers: status ...' }
      expect(await read(more)).toMatchObject({
        offers: [{ sellerId: 'closed', quantity: 0 }],
        failures: [
          { ...failure, sellerId: '2' },
          { ...failure, sellerId: 'acme' },
        ],
      })
    }
  )

  it('is one failure where nobody knows whose it would be, and names the seller where it can be one only', async () => {
    const failure = { skuId: 7, code: 'upstream_down', message: 'VTEX offers: status ...' }
    expect(await read({ skuContext: throws('down') })).toEqual({ offers: [], failures: [failure] })
    const one = async () => new Map([['acme', SELLERS[1] ?? fail()]])
    expect(await read({ skuContext: throws('down'), sellers: one })).toEqual({
      offers: [],
      failures: [{ ...failure, sellerId: 'acme' }],
    })
  })

  it('is a failure where VTEX tells neither the sellers nor the product of the SKU', async () => {
    const code = 'upstream_malformed'
    const unknown = async () => context({ sellers: undefined })
    expect((await read({ skuContext: unknown })).failures).toMatchObject([{ skuId: 7, code }])
    const homeless = async () => context({ productId: undefined })
    expect((await read({ skuContext: homeless })).failures).toMatchObject([
      { sellerId: '2', code },
      { sellerId: 'acme', code },
    ])
  })

  it.each([
    ['offers', 'refused'],
    ['offers', 'parked'],
    ['skuContext', 'refused'],
    ['sellers', 'down'],
  ] as const)('stops the reading where %s are %s', async (call, trouble) => {
    await expect(read({ [call]: throws(trouble) })).rejects.toThrow(UpstreamError)
  })
})

describe('what is kept of a SKU', () => {
  it('is relied on where offers are of those who are bound by it: one call', async () => {
    const asked = counted(reads().offers)
    const more = { skuContext: throws('down'), offers: asked }
    expect(await quantities(more, context())).toEqual({ 2: 5, acme: 6 })
    expect(asked.calls.length).toBe(1)
  })

  it.each([
    ['a seller offers that was not bound', { 2: 5, acme: 6 }, [bound('2')]],
    [
      'a seller offers whose binding was inactive',
      { 2: 5, acme: 6 },
      [bound('2'), bound('acme', false)],
    ],
    ['a seller that was bound does not offer', { 2: 5 }, [bound('2'), bound('acme')]],
    ['no exported seller was bound', { 2: 5 }, [bound('1')]],
    ['its sellers are not kept', { 2: 5 }, undefined],
  ])('is read anew where %s, and holds then', async (_, quantity, sellers) => {
    const now = [bound('acme'), bound('closed')]
    const more = {
      skuContext: counted(async () => context({ sellers: now })),
      offers: counted(async () => offers(quantity)),
    }
    const expected = { acme: 'acme' in quantity ? 6 : 0, closed: 0 }
    expect(await quantities(more, context({ sellers }))).toEqual(expected)
    expect([more.skuContext.calls.length, more.offers.calls.length]).toEqual([1, 1])
  })

  it('is read anew where its product has no such SKU any more', async () => {
    const moved = async () => context({ productId: 71 })
    const at71 = async (productId: number) =>
      productId === 71 ? reads().offers(71, 7) : throws('missing')()
    expect(await quantities({ skuContext: moved, offers: at71 }, context())).toEqual({
      2: 5,
      acme: 6,
    })
  })

  it('is not read anew for an inactive seller, of whom offers may linger', async () => {
    const sellers = [bound('2'), bound('closed')]
    const more = { skuContext: throws('down'), offers: async () => offers({ 2: 5, closed: 9 }) }
    expect(await quantities(more, context({ sellers }))).toEqual({ 2: 5, closed: 0 })
  })
})

describe('the SKUs of other sellers', () => {
  const pages: Record<string, number[][]> = {
    2: [[5, 3], [9], [], [11]],
    acme: [[3, 8]],
    closed: [[20]],
  }

  async function listed(listing: Listing) {
    const skuIds = counted(async (id: string, page: number) => pages[id]?.[page - 1] ?? [])
    const ids: number[] = []
    for await (const batch of sourceOf(reads({ skuIds }), undefined, listing).skuIds()) {
      ids.push(...batch)
    }
    return { ids, calls: skuIds.calls }
  }

  it('are those that the active ones are bound to, by pages up to the first empty one', async () => {
    expect((await listed(ALL)).ids).toEqual([5, 3, 9, 3, 8])
  })

  it('are those of inactive ones too, where it is asked for one seller', async () => {
    expect((await listed({ inactiveToo: true })).ids).toContain(20)
  })

  it('cost calls in proportion to them', async () => {
    const { calls } = await listed(ALL)
    expect(calls.filter(([id]) => id === 'acme')).toEqual([
      ['acme', 1],
      ['acme', 2],
      ['acme', 3],
    ])
  })
})

function fail(): never {
  throw new Error('no such seller')
}
