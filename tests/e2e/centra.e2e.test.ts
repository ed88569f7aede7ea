import { UPSTREAMS } from '../../sandbox/faults/upstreams'
import { CENTRA_SELLER } from '../../sandbox/world/centra/access'
import { availableOf } from '../../sandbox/world/centra/row'
import { COMMERCE_HOST } from '../../sandbox/world/commerce/api/listener'
import { App } from './support/app'
import {
  ALL_ROWS,
  centraIn,
  centraNow,
  companyOf,
  expectAsTheSourcesSay,
  expectedOfBoth,
  expectedOfRows,
  ofCentra,
  sellableRows,
  skusOfRows,
} from './support/centra'
import { broughtBy, expectedNow, untilTold } from './support/changes'
import { errorOf } from './support/expectations'
import { sumOfOffers } from './support/report'

const SKUS = 40
const ROUTE = `export/seller/${CENTRA_SELLER}`

let app: App

beforeAll(async () => {
  app = await App.start({ skus: SKUS, centra: true })
})

afterAll(() => app.stop())

/** Rows of which something holds, and that are a SKU with a name in Intershop. */
async function rowsWhere(holds: (row: { active: boolean; available: number }) => boolean) {
  const skus = skusOfRows(app)
  const named = new Set((await centraNow(app)).map(({ skuId }) => skuId))
  return [...companyOf(app).rows()].filter((row) => {
    const skuId = skus.get(row.stockItemId)
    const { active } = row
    return skuId !== undefined && named.has(skuId) && holds({ active, available: availableOf(row) })
  })
}

const quantityOf = (skuId: number | undefined) =>
  app.intershop.inventory.get(`${app.commerce.sku(skuId ?? 0)?.refId}_${CENTRA_SELLER}`)?.quantity

describe('POST /export', () => {
  it("sends own stock, and Centra's as {sku}_{sellerId}, and reports each source", async () => {
    const said = await broughtBy(app, async () => {
      const report = await app.exported()
      expect([report.status, report.skus.planned]).toEqual(['completed', SKUS])
      const { own, centra } = report.sources
      const rows = [...companyOf(app).rows()]
      expect([own?.status, own?.read]).toEqual(['complete', SKUS])
      expect([centra?.status, centra?.read]).toEqual(['complete', rows.length])
      expect(centra?.offers.sent).toBe((await centraNow(app)).length)
      expect(report.offers.sent).toBe((own?.offers.sent ?? 0) + (centra?.offers.sent ?? 0))
      expect(report.offers.processed).toBe(sumOfOffers(report))
    })
    expect(said).toEqual(await expectedOfBoth(app))
    const { refId } = app.commerce.sku((await centraNow(app))[0]?.skuId ?? 0) ?? {}
    expect(said).toContainEqual([`${refId}_${CENTRA_SELLER}`, expect.any(Number)])
    await expectAsTheSourcesSay(app)
  })

  it("requests Centra's pages with a limit, without fields that it does not use", () => {
    const { byShape, latest } = companyOf(app).calls.all()
    expect(byShape).toEqual({ [ALL_ROWS]: 1 })
    expect(latest).toEqual(['exclude=physicalStock&limit=500'])
  })

  it('reports rows without a SKU and conflicting rows as unmapped, with the reason', async () => {
    const skus = skusOfRows(app)
    const { unmapped } = await app.exported()
    const rows = unmapped.filter(({ skuId }) => skuId === undefined)
    const isOne = ({ stockItemId }: { stockItemId: number }) => skus.has(stockItemId)
    const expected = [...companyOf(app).rows()].filter((row) => !isOne(row))
    expect(rows.map(({ rowId }) => rowId).sort()).toEqual(
      expected.map(({ stockItemId }) => stockItemId).sort()
    )
    const codes = new Set(rows.map(({ code }) => code))
    expect([...codes].sort()).toEqual(['ambiguous', 'unmatched'])
    for (const { rowId, sellerId, code, message } of rows) {
      const words = code === 'ambiguous' ? `${rowId}` : 'VTEX'
      expect([sellerId, message]).toEqual([CENTRA_SELLER, expect.stringContaining(words)])
    }
    expect(rows.length).toBeGreaterThan(4)
  })

  it('reports a row whose SKU has no reference with the ids of both', async () => {
    const { unmapped } = await app.exported()
    const ofRows = unmapped.filter(({ sellerId }) => sellerId === CENTRA_SELLER)
    const both = ofRows.filter(({ skuId }) => skuId !== undefined)
    expect(both.length).toBeGreaterThan(0)
    const skus = skusOfRows(app)
    for (const { rowId = 0, skuId } of both) expect(skuId).toBe(skus.get(rowId))
  })

  it('sends 0 for an inactive row and for one with negative available stock', async () => {
    const skus = skusOfRows(app)
    const inactive = await rowsWhere(({ active, available }) => !active && available > 0)
    const negative = await rowsWhere(({ available }) => available < 0)
    expect([inactive.length, negative.length].every((count) => count > 0)).toBe(true)
    const sent = [...inactive, ...negative].map(({ stockItemId }) =>
      quantityOf(skus.get(stockItemId))
    )
    expect(sent).toEqual(sent.map(() => 0))
  })

  it('sends 0 for a row whose SKU is inactive in VTEX', async () => {
    const [row = 0] = await sellableRows(app, 1)
    const skuId = skusOfRows(app).get(row)
    app.commerce.setActive(skuId ?? 0, false)
    await untilTold(app)
    await app.exported()
    expect(quantityOf(skuId)).toBe(0)
    await expectAsTheSourcesSay(app)
    app.commerce.setActive(skuId ?? 0, true)
    await untilTold(app)
    await app.exported()
    await expectAsTheSourcesSay(app)
  })
})

describe('POST /export/start/:startId', () => {
  it('sends own stock and rows of SKUs from startId on, and reports no other row', async () => {
    const ids = (await centraNow(app)).map(({ skuId }) => skuId).sort((a, b) => a - b)
    const startId = ids[Math.floor(ids.length / 2)] ?? 0
    const said = await broughtBy(app, async () => {
      const report = await app.exported(`export/start/${startId}`)
      expect([report.status, centraIn(report).status]).toEqual(['completed', 'complete'])
      const rows = report.unmapped.filter(({ rowId }) => rowId !== undefined)
      expect(rows.filter(({ skuId = 0 }) => skuId < startId)).toEqual([])
    })
    expect(said).toEqual(await expectedOfBoth(app, startId))
    expect(ofCentra(said).length).toBeGreaterThan(0)
    expect(ofCentra(said).length).toBeLessThan(ids.length)
  })
})

describe('POST /export/seller/:sellerId', () => {
  it("sends Centra's stock for Centra's seller, and reads no own stock", async () => {
    const reads = app.commerce.stockReads
    const said = await broughtBy(app, async () => {
      const report = await app.exported(ROUTE)
      expect([report.status, Object.keys(report.sources)]).toEqual(['completed', ['centra']])
    })
    expect(said).toEqual(await expectedOfRows(app))
    expect(app.commerce.stockReads).toBe(reads)
  })

  it('sends own stock for seller 1, and requests nothing from Centra', async () => {
    companyOf(app).calls.reset()
    const said = await broughtBy(app, async () => {
      const report = await app.exported('export/seller/1')
      expect([report.status, Object.keys(report.sources)]).toEqual(['completed', ['own']])
    })
    const own = await expectedNow(app)
    expect(said.length).toBe(own.length)
    expect(ofCentra(said)).toEqual([])
    expect(companyOf(app).calls.all().total).toBe(0)
  })

  it('fails for a seller that is not exported, and requests nothing from Centra', async () => {
    companyOf(app).calls.reset()
    const { status, error } = await app.exported('export/seller/2')
    expect([status, error?.code]).toEqual(['failed', 'scope_unavailable'])
    expect(companyOf(app).calls.all().total).toBe(0)
  })
})

describe('safetyStock', () => {
  it("reduces Centra's quantities too, down to 0", async () => {
    const [much = 0, little = 0] = await sellableRows(app, 2)
    companyOf(app).setStock(much, { physicalStock: 40, allocatedStock: 10 })
    companyOf(app).setStock(little, { physicalStock: 4, allocatedStock: 1 })
    await app.configure({ safetyStock: 5 })
    await app.exported()
    await expectAsTheSourcesSay(app)
    const skus = skusOfRows(app)
    expect([much, little].map((row) => quantityOf(skus.get(row)))).toEqual([25, 0])
    await app.configure({})
    await app.exported()
  })
})

describe('matching in a steady state', () => {
  it("makes no look-up in VTEX for Centra's rows in another export", async () => {
    const count = async () => {
      const path = 'stockkeepingunitbyean|stockkeepingunitidsbyrefids'
      app.platform.faults.add({ upstream: COMMERCE_HOST, path, kind: 'latency', ms: 0 })
      app.platform.requests.reset()
      await app.exported(ROUTE)
      const [rule] = app.platform.faults.list()
      app.platform.faults.clear()
      return { lookUps: rule?.injected, calls: app.platform.requests.total(COMMERCE_HOST) }
    }
    for (const bucket of ['matches', 'claims', 'changes', 'pending']) {
      await app.platform.vbase.clear(bucket)
    }
    const first = await count()
    expect(first.lookUps).toBeGreaterThan(companyOf(app).numbers / 2)
    expect(await count()).toEqual({ lookUps: 0, calls: 0 })
    expect(app.platform.requests.total(UPSTREAMS.centra.upstream)).toBe(1)
    await expectAsTheSourcesSay(app)
  })
})

it('POST /export/seller/:sellerId exports a seller that only centraSellerId names', async () => {
  const seller = 'shop.pl'
  await app.configure({ centraSellerId: seller, sellers: `1,${seller}` })
  for (const route of [`export/seller/${seller}`, `export/seller/${seller}/time/60`]) {
    expect((await app.exported(route)).status).toBe('completed')
  }
  const [row = 0] = await sellableRows(app, 1)
  const sku = app.commerce.sku(skusOfRows(app).get(row) ?? 0)?.refId
  expect(app.intershop.inventory.get(`${sku}_${seller}`)?.quantity).toBeGreaterThan(0)
  const answer = await app.post('export/seller/shop.de')
  expect([answer.status, errorOf(answer).code]).toEqual([404, 'unknown_seller'])
})
