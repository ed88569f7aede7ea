import { App } from './support/app'
import { type Said, sorted, untilTold } from './support/changes'
import { heldOf } from './support/marketplace'
import {
  expectAllRight,
  exportAndSaid,
  idsOf,
  NO_ZEROS,
  OTHER,
  onSale,
  stock,
  UNITS,
  zerosOf,
} from './support/zeros'

const SKUS = 30
const ROUTES = ['update', 'export', 'export/start/1', 'export/time/60', 'export/seller/1'] as const

let app: App
/** SKUs that no test has used yet; the other seller has them all. */
let fresh: number[]

beforeAll(async () => {
  app = await App.start({ skus: SKUS, settings: { sellers: `1,${OTHER}` } })
  fresh = idsOf(app)
  await onSale(app, { [OTHER]: fresh })
})

afterAll(() => app.stop())

const take = (count: number) => fresh.splice(0, count)
const nameOf = (skuId: number) => app.commerce.sku(skuId)?.refId ?? ''
/** What a seller's offer is called. */
const ofOther = (name: string) => `${name}_${OTHER}`
const held = (...names: string[]) => heldOf(app, names)

/** An export after VTEX told of changes, and what it said. */
async function exportOf(route: string) {
  await untilTold(app)
  return exportAndSaid(app, route)
}

describe('a SKU whose reference changes', () => {
  it.each(ROUTES)(
    'becomes 0 under its old name with the next %s, and sells under its new name',
    async (route) => {
      const [skuId = 0] = take(1)
      const before = nameOf(skuId)
      app.commerce.setRefId(skuId, `NEW-${skuId}`)
      const { report, said } = await exportOf(route)
      const ofOwn = [before, `NEW-${skuId}`]
      expect(held(...ofOwn)).toEqual([0, UNITS])
      // What is of the other seller is not among what this route reads.
      const isBoth = route !== 'export/seller/1'
      if (isBoth) expect(held(...ofOwn.map(ofOther))).toEqual([0, UNITS])
      expect(zerosOf(report)).toEqual({ ...NO_ZEROS, renamed: isBoth ? 2 : 1 })
      expect(said.filter(([, quantity]) => quantity === 0)).toHaveLength(isBoth ? 2 : 1)
      if (!isBoth) expect((await exportOf('export')).report.zeroed.renamed).toBe(1)
      await expectAllRight(app)
    }
  )

  it('becomes 0 under both names if it is sold out', async () => {
    const [skuId = 0] = take(1)
    const before = nameOf(skuId)
    stock(app, skuId, 0)
    app.commerce.setRefId(skuId, `NEW-${skuId}`)
    await exportOf('update')
    expect(held(before, `NEW-${skuId}`, ofOther(`NEW-${skuId}`))).toEqual([0, 0, UNITS])
    await expectAllRight(app)
  })

  it('sells under its old name again after changing back', async () => {
    const [skuId = 0] = take(1)
    const before = nameOf(skuId)
    app.commerce.setRefId(skuId, `NEW-${skuId}`)
    await exportOf('update')
    app.commerce.setRefId(skuId, before)
    await exportOf('update')
    expect(held(before, `NEW-${skuId}`)).toEqual([UNITS, 0])
    await expectAllRight(app)
  })
})

describe('a SKU that loses its reference', () => {
  it.each(['update', 'export'])(
    'becomes 0 under its old name with the next %s, and unmapped',
    async (route) => {
      const [skuId = 0] = take(1)
      const before = nameOf(skuId)
      app.commerce.setRefId(skuId, null)
      const { report } = await exportOf(route)
      expect(held(before, ofOther(before))).toEqual([0, 0])
      expect(report.unmapped).toContainEqual(expect.objectContaining({ skuId, sellerId: '1' }))
      const { read, renamed, removed } = report.zeroed
      expect([read, renamed + removed]).toEqual([0, 2])
      await expectAllRight(app)
    }
  )
})

describe('a name that another SKU has now', () => {
  it.each(['update', 'export'])('never becomes 0 while two swap, with %s', async (route) => {
    const [a = 0, b = 0] = take(2)
    const [nameOfA, nameOfB] = [nameOf(a), nameOf(b)]
    stock(app, a, 4)
    stock(app, b, 6)
    app.commerce.setRefId(a, nameOfB)
    app.commerce.setRefId(b, nameOfA)
    const { report, said } = await exportOf(route)
    expect(held(nameOfA, nameOfB)).toEqual([6, 4])
    expect(zerosOf(report)).toEqual(NO_ZEROS)
    const ofBoth = said.filter(([name]) => [nameOfA, nameOfB].includes(name))
    expect(ofBoth).toEqual(sorted([[nameOfA, 6] as Said, [nameOfB, 4] as Said]))
    await expectAllRight(app)
  })

  it.each(['update', 'export'])(
    'never becomes 0 while one takes over what another dropped, with %s',
    async (route) => {
      const [a = 0, b = 0] = take(2)
      const [nameOfA, nameOfB] = [nameOf(a), nameOf(b)]
      stock(app, b, 6)
      app.commerce.setRefId(a, `NEW-${a}`)
      app.commerce.setRefId(b, nameOfA)
      await exportOf(route)
      expect(held(`NEW-${a}`, nameOfA, nameOfB)).toEqual([UNITS, 6, 0])
      await expectAllRight(app)
    }
  )

  it("keeps that SKU's quantity if only the SKU that dropped it is not read", async () => {
    const [b = 0, a = 0] = take(2)
    const name = nameOf(b)
    app.commerce.setRefId(b, `NEW-${b}`)
    app.commerce.setRefId(a, name)
    stock(app, a, 6)
    // Of b, which has the smaller id, nothing is read.
    await exportOf(`export/start/${a}`)
    expect(held(name)).toEqual([6])
    await exportOf('export')
    expect(held(name, `NEW-${b}`)).toEqual([6, UNITS])
    await expectAllRight(app)
  })
})

describe('settings that change names', () => {
  const renamed = () => app.intershop.inventory.size

  it('offerSku makes the next export send 0 for all old names, and holds none', async () => {
    const before = renamed()
    await app.configure({ offerSku: 'X-{sku}-{sellerId}' })
    const { report } = await exportOf('export')
    const selling = 2 * idsOf(app).length
    expect([report.status, report.offers.held]).toEqual(['completed', 0])
    expect(report.zeroed.renamed).toBeGreaterThan(selling - 10)
    expect(renamed()).toBeGreaterThan(before + selling - 10)
    await expectAllRight(app)
  })

  it('skuIdentifier makes the next update send 0 for all old names', async () => {
    await app.configure({ offerSku: 'X-{sku}-{sellerId}', skuIdentifier: 'ean' })
    const { report } = await exportOf('update')
    expect([report.status, report.offers.held]).toEqual(['completed', 0])
    await expectAllRight(app)
  })

  it('skuIdentifier ean makes a changed EAN a changed name', async () => {
    const [skuId = 0] = take(1)
    app.commerce.setFacts(skuId, { ean: `NEW-${skuId}` })
    await exportOf('update')
    expect(held(`X-EAN-${skuId}-1`, `X-NEW-${skuId}-1`, `X-EAN-${skuId}-2`)).toEqual([0, UNITS, 0])
    await expectAllRight(app)
  })
})
