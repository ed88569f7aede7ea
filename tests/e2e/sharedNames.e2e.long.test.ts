import { App } from './support/app'
import { untilTold } from './support/changes'
import { heldOf } from './support/marketplace'
import { exportOf, idsOf, OTHER, onSale, stock, supply, UNITS } from './support/zeros'

const SKUS = 40
const NBSP = '\u00a0'

let app: App
/** SKUs that no test has used yet. */
let fresh: number[]

beforeAll(async () => {
  app = await App.start({ skus: SKUS, settings: { sellers: `1,${OTHER}` } })
  fresh = idsOf(app)
  await onSale(app)
})

afterAll(() => app.stop())

const take = (count: number) => fresh.splice(0, count)
const held = (...names: string[]) => heldOf(app, names)

async function exported(route: string) {
  await untilTold(app)
  return exportOf(app, route)
}

/** The SKUs of an account's own offers that a report says are ambiguous. */
const ambiguousIn = ({ unmapped }: Awaited<ReturnType<typeof exported>>, skuIds: number[]) =>
  unmapped
    .filter(({ code, skuId = 0 }) => code === 'ambiguous' && skuIds.includes(skuId))
    .map(({ skuId, sellerId }) => `${skuId} ${sellerId}`)
    .sort()

const bothOf = (...skuIds: number[]) => skuIds.map((skuId) => `${skuId} 1`).sort()

describe('offerSku without a seller', () => {
  it('fails if several sellers are exported, and works for one alone', async () => {
    await app.configure({ offerSku: 'X-{sku}' })
    const { status, error } = await app.exported('export')
    expect([status, error?.code]).toEqual(['failed', 'settings_invalid'])
    expect(error?.message).toMatch(/offerSku: .*\{sellerId\}.*2 sellers/)
    await app.configure({ offerSku: 'X-{sku}', sellers: '' })
    expect((await app.exported('export')).error?.message).toMatch(/offerSku: .*all sellers/)
    await app.configure({})
  })
})

describe('a name that two offers would have', () => {
  it('gets sent for neither, and again once only one has it', async () => {
    const references = [
      ['D1', 'D1'],
      ['pad', '  pad  '],
      // In a template, a line separator is a character like another.
      ['a\u2028b', `a\u2028b${NBSP}`],
    ]
    const pairs = references.map(() => take(2))
    const names = references.map(([name = '']) => name)
    for (const [index, skuIds] of pairs.entries()) {
      for (const [at, skuId] of skuIds.entries()) {
        app.commerce.setRefId(skuId, references[index]?.[at] ?? '')
        stock(app, skuId, 5 + at)
      }
    }
    const report = await exported('update')
    expect(ambiguousIn(report, pairs.flat())).toEqual(bothOf(...pairs.flat()))
    for (const [a, b] of pairs) {
      const message = expect.stringMatching(`SKU ${a} of seller 1 and SKU ${b} of seller 1`)
      expect(report.unmapped).toContainEqual(expect.objectContaining({ message }))
    }
    expect(held(...names)).toEqual(names.map(() => 'nothing'))
    const renamed = pairs.map(([, b = 0]) => b)
    for (const skuId of renamed) app.commerce.setRefId(skuId, `NEW-${skuId}`)
    await exported('update')
    expect(held(...names)).toEqual(names.map(() => 'nothing'))
    expect(held(...renamed.map((skuId) => `NEW-${skuId}`))).toEqual([6, 6, 6])
    expect(ambiguousIn(await exported('export'), pairs.flat())).toEqual([])
    expect(held(...names)).toEqual([5, 5, 5])
  })

  it('keeps its quantity in Intershop until only one has it', async () => {
    const [a = 0, b = 0] = take(2)
    const name = `REF-${a}`
    app.commerce.setRefId(b, name)
    stock(app, b, 6)
    expect(ambiguousIn(await exported('update'), [a, b])).toEqual(bothOf(b))
    expect(held(name, `REF-${b}`)).toEqual([UNITS, 0])
    for (const route of ['export', 'export']) {
      const report = await exported(route)
      expect(ambiguousIn(report, [a, b])).toEqual(bothOf(a, b))
      expect(report.status).toBe('completed')
    }
    stock(app, a, 0)
    expect(ambiguousIn(await exported('update'), [a, b])).toEqual(bothOf(a))
    expect(held(name)).toEqual([UNITS])
    app.commerce.removeSku(a)
    await exported('update')
    await exported('export')
    expect(held(name)).toEqual([6])
  })

  it("never gets sent for an own SKU if it is another seller's", async () => {
    const [a = 0, b = 0] = take(2)
    supply(app, OTHER, [b])
    const name = `REF-${b}_${OTHER}`
    app.commerce.setRefId(a, name)
    stock(app, a, 4)
    const { unmapped } = await exported('export')
    const mine = unmapped.filter(({ code }) => code === 'ambiguous')
    expect(mine.map(({ skuId }) => skuId).sort()).toEqual([a, b].sort())
    expect(mine[0]?.message).toMatch(`SKU ${a} of seller 1 and SKU ${b} of seller ${OTHER}`)
    expect(held(name)).toEqual(['nothing'])
    app.commerce.marketplace.unbind(OTHER, b)
    await exported('export')
    expect(held(name)).toEqual([4])
  })
})

describe('a name that Intershop has trimmed', () => {
  it('stays with an offer that has it with any kind of blank', async () => {
    const blanks = [' ', NBSP, '\u2028']
    const pairs = blanks.map(() => take(2))
    const names = pairs.map(([a]) => `SX-${a}-BLANK`)
    for (const [index, [a = 0]] of pairs.entries()) app.commerce.setRefId(a, names[index] ?? '')
    await exported('update')
    for (const [index, [, b = 0]] of pairs.entries()) {
      app.commerce.setRefId(b, `${names[index]}${blanks[index]}`)
      stock(app, b, 7)
    }
    await exported('update')
    for (const [a = 0] of pairs) app.commerce.setRefId(a, `NEW-${a}`)
    await exported('update')
    expect(held(...names)).toEqual(names.map(() => UNITS))
    await exported('export')
    expect(held(...names)).toEqual([7, 7, 7])
  })
})

describe('a deleted SKU whose name another one has', () => {
  it.each(['update', 'export'])(
    'leaves it to that one, whichever came first, with %s in between',
    async (route) => {
      const pairs = [0, 1, 2, 3].map(() => {
        const [old = 0, young = 0] = take(2)
        stock(app, young, 15)
        const remove = () => app.commerce.removeSku(old)
        return { old, young, remove, rename: () => app.commerce.setRefId(young, `REF-${old}`) }
      })
      await exported('update')
      const [first, second, early, late] = pairs
      first?.remove()
      second?.rename()
      early?.remove()
      early?.rename()
      await exported(route)
      first?.rename()
      second?.remove()
      late?.rename()
      late?.remove()
      await exported(route)
      for (const again of ['export', 'export']) {
        await exported(again)
        expect(held(...pairs.map(({ old }) => `REF-${old}`))).toEqual([15, 15, 15, 15])
        expect(held(...pairs.map(({ young }) => `REF-${young}`))).toEqual([0, 0, 0, 0])
      }
    }
  )
})
