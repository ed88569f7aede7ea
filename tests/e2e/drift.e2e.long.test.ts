import { App } from './support/app'
import { sold } from './support/changes'
import {
  expectAllRight,
  idsOf,
  OTHER,
  onSale,
  quantities,
  STOCKED,
  stock,
  UNITS,
  untold,
} from './support/zeros'

const SKUS = 130
/** A report names no more. */
const NAMED = 100

let app: App
let ids: number[]

beforeAll(async () => {
  app = await App.start({ skus: SKUS, ...STOCKED })
  ids = idsOf(app)
  await onSale(app, { [OTHER]: ids.slice(0, 2) })
})

afterAll(() => app.stop())

/** Gives SKUs other stock, of which VTEX tells nobody. */
const drift = (skuIds: readonly number[], units: number) =>
  untold(app, () => {
    for (const id of skuIds) stock(app, id, units)
  })

/** An export, and what drift it found. */
async function driftOf(route = 'export') {
  const { drift, drifted, status } = await app.exported(route)
  expect(status).toBe('completed')
  return { drift, drifted }
}

const NONE = { drift: 0, drifted: [] }

describe('POST /export', () => {
  it('reports no drift if nothing changed', async () => {
    expect(await driftOf()).toEqual(NONE)
  })

  it('reports no drift for a change that was reported and is still pending', async () => {
    await sold(app, ids.slice(0, 5))
    expect(await driftOf()).toEqual(NONE)
    expect(quantities(app, ids.slice(0, 5))).toEqual(Array(5).fill(UNITS - 1))
  })

  it('counts own offers with unreported changes as drift, once, and sends them', async () => {
    const changed = ids.slice(10, 13)
    drift(changed, 7)
    const { drift: found, drifted } = await driftOf()
    const named = changed.map((skuId) => ({ skuId, sellerId: '1', lastSent: UNITS, found: 7 }))
    expect(found).toBe(3)
    expect([...drifted].sort((a, b) => a.skuId - b.skuId)).toEqual(named)
    expect(quantities(app, changed)).toEqual([7, 7, 7])
    await expectAllRight(app)
    expect(await driftOf()).toEqual(NONE)
  })

  it("counts unreported changes of other sellers' offers as drift", async () => {
    const [skuId = 0] = ids
    app.commerce.marketplace.bind(OTHER, skuId, { quantity: 3 })
    const only = { skuId, sellerId: OTHER, lastSent: UNITS, found: 3 }
    expect(await driftOf(`export/seller/${OTHER}`)).toEqual({ drift: 1, drifted: [only] })
    expect(quantities(app, [skuId], OTHER)).toEqual([3])
    expect(await driftOf()).toEqual(NONE)
  })

  it('counts drift only of SKUs from startId on', async () => {
    const [before = 0, start = 0] = ids.slice(20, 22)
    drift([before, start], 8)
    const only = { skuId: start, sellerId: '1', lastSent: UNITS, found: 8 }
    expect(await driftOf(`export/start/${start}`)).toEqual({ drift: 1, drifted: [only] })
    expect((await driftOf()).drift).toBe(1)
  })

  it('finds the same drift in a dry run as in the next export', async () => {
    drift(ids.slice(30, 32), 5)
    const dry = await driftOf('export?dryRun=true')
    expect(dry.drift).toBe(2)
    expect(await driftOf()).toEqual(dry)
    expect(await driftOf()).toEqual(NONE)
  })

  it('counts all drifted offers and lists a hundred', async () => {
    drift(ids, 25)
    const { drift: found, drifted } = await driftOf()
    expect([found, drifted.length]).toEqual([SKUS, NAMED])
    await expectAllRight(app)
  })
})
