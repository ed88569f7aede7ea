import {
  ALL,
  bound,
  context,
  counted,
  offers,
  quantities,
  reads,
  sourceOf,
  throws,
} from '../../tests/sellers/reads'
import type { ListCursor } from './paginate'

describe('marketplace with cached details', () => {
  it('makes one request if offers come from exactly the bound sellers', async () => {
    const asked = counted(reads().offers)
    const more = { skuDetails: throws('down'), offers: asked }
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
  ])('refreshes the details once if %s', async (_, quantity, sellers) => {
    const now = [bound('acme'), bound('closed')]
    const more = {
      skuDetails: counted(async () => context({ sellers: now })),
      offers: counted(async () => offers(quantity)),
    }
    const expected = { acme: 'acme' in quantity ? 6 : 0, closed: 0 }
    expect(await quantities(more, context({ sellers }))).toEqual(expected)
    expect([more.skuDetails.calls.length, more.offers.calls.length]).toEqual([1, 1])
  })

  it('refreshes the details if the product no longer has the SKU', async () => {
    const moved = async () => context({ productId: 71 })
    const at71 = async (productId: number) =>
      productId === 71 ? reads().offers(71, 7) : throws('missing')()
    expect(await quantities({ skuDetails: moved, offers: at71 }, context())).toEqual({
      2: 5,
      acme: 6,
    })
  })

  it('does not refresh the details for offers of an inactive seller', async () => {
    const sellers = [bound('2'), bound('closed')]
    const more = { skuDetails: throws('down'), offers: async () => offers({ 2: 5, closed: 9 }) }
    expect(await quantities(more, context({ sellers }))).toEqual({ 2: 5, closed: 0 })
  })
})

describe('marketplace listing', () => {
  const pages: Record<string, number[][]> = {
    2: [[5, 3], [9], [], [11]],
    acme: [[3, 8]],
    closed: [[20]],
  }

  async function listed(listing: { inactiveToo: boolean }) {
    const skuIds = counted(async (id: string, page: number) => pages[id]?.[page - 1] ?? [])
    const ids: number[] = []
    for await (const page of sourceOf(reads({ skuIds }), undefined, listing).skuIds()) {
      ids.push(...page.ids)
    }
    return { ids, calls: skuIds.calls }
  }

  it('lists the SKUs bound to active sellers, up to the first empty page of each', async () => {
    expect((await listed(ALL)).ids).toEqual([5, 3, 9, 3, 8])
  })

  it('lists the SKUs of inactive sellers too if one seller is requested', async () => {
    expect((await listed({ inactiveToo: true })).ids).toContain(20)
  })

  it('lists the same SKUs and reads no page twice if listing stops after every page', async () => {
    const skuIds = counted(async (id: string, page: number) => pages[id]?.[page - 1] ?? [])
    const found: Array<[string, readonly number[]]> = []
    let cursor: ListCursor | undefined
    do {
      let begun = 0
      const mayBegin = async () => begun++ === 0
      for await (const page of sourceOf(reads({ skuIds }), undefined, ALL).skuIds(
        mayBegin,
        cursor
      )) {
        found.push([page.sellerId, page.ids])
        cursor = page.next
      }
    } while (cursor)
    expect(found.filter(([, ids]) => ids.length > 0)).toEqual([
      ['2', [5, 3]],
      ['2', [9]],
      ['acme', [3, 8]],
    ])
    expect(new Set(skuIds.calls.map(String)).size).toBe(skuIds.calls.length)
  })

  it('continues with the next seller if the one where it stopped no longer exists', async () => {
    const skuIds = async (id: string, page: number) => pages[id]?.[page - 1] ?? []
    const stopped = { sellerId: '3', page: 7 }
    const found: number[] = []
    const source = sourceOf(reads({ skuIds }), undefined, ALL)
    for await (const { ids } of source.skuIds(undefined, stopped)) found.push(...ids)
    expect(found).toEqual([3, 8])
  })

  it('makes requests in proportion to the SKUs of a seller', async () => {
    const { calls } = await listed(ALL)
    expect(calls.filter(([id]) => id === 'acme')).toEqual([
      ['acme', 1],
      ['acme', 2],
      ['acme', 3],
    ])
  })
})
