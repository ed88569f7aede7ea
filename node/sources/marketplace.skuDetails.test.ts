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
import type { Listing } from './marketplace'
import type { ListCursor } from './paginate'

describe('what is kept of a SKU', () => {
  it('is relied on where offers are of those who are bound by it: one call', async () => {
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
  ])('is read anew where %s, and holds then', async (_, quantity, sellers) => {
    const now = [bound('acme'), bound('closed')]
    const more = {
      skuDetails: counted(async () => context({ sellers: now })),
      offers: counted(async () => offers(quantity)),
    }
    const expected = { acme: 'acme' in quantity ? 6 : 0, closed: 0 }
    expect(await quantities(more, context({ sellers }))).toEqual(expected)
    expect([more.skuDetails.calls.length, more.offers.calls.length]).toEqual([1, 1])
  })

  it('is read anew where its product has no such SKU any more', async () => {
    const moved = async () => context({ productId: 71 })
    const at71 = async (productId: number) =>
      productId === 71 ? reads().offers(71, 7) : throws('missing')()
    expect(await quantities({ skuDetails: moved, offers: at71 }, context())).toEqual({
      2: 5,
      acme: 6,
    })
  })

  it('is not read anew for an inactive seller, of whom offers may linger', async () => {
    const sellers = [bound('2'), bound('closed')]
    const more = { skuDetails: throws('down'), offers: async () => offers({ 2: 5, closed: 9 }) }
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
    for await (const page of sourceOf(reads({ skuIds }), undefined, listing).skuIds()) {
      ids.push(...page.ids)
    }
    return { ids, calls: skuIds.calls }
  }

  it('are those that the active ones are bound to, by pages up to the first empty one', async () => {
    expect((await listed(ALL)).ids).toEqual([5, 3, 9, 3, 8])
  })

  it('are those of inactive ones too, where it is asked for one seller', async () => {
    expect((await listed({ inactiveToo: true })).ids).toContain(20)
  })

  it('are the same where listing stops after every page, and none is read twice', async () => {
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

  it('go on with the next seller where the one that listing stopped at is no more', async () => {
    const skuIds = async (id: string, page: number) => pages[id]?.[page - 1] ?? []
    const stopped = { sellerId: '3', page: 7 }
    const found: number[] = []
    const source = sourceOf(reads({ skuIds }), undefined, ALL)
    for await (const { ids } of source.skuIds(undefined, stopped)) found.push(...ids)
    expect(found).toEqual([3, 8])
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
