import { COMMERCE_HOST } from '../../sandbox/world/commerce/api/listener'
import type { App } from './support/app'
import {
  ALL_ROWS,
  by,
  CHANGED_ROWS,
  companyOf,
  expectAsTheSourcesSay,
  expectedOfRows,
  sellableRows,
  sellRows,
  skusOfRows,
} from './support/centra'
import { reportedFiles, sell, untilTold } from './support/changes'
import { DAY, MINUTE, TimeMachine } from './support/timeMachine'

const OWN_READS = 'inventory/skus|warehouses|stockkeepingunitids$|stockkeepingunitids\\?'

let machine: TimeMachine
let app: App
let rows: number[]

beforeAll(async () => {
  machine = await TimeMachine.start({
    skus: 40,
    centra: true,
    settings: { centraSellerId: '1', sellers: '1' },
  })
  app = machine.app
  rows = await sellableRows(app, 6)
  // Counts the calls by which own stock is read, and leaves them alone.
  app.platform.faults.add({ upstream: COMMERCE_HOST, path: OWN_READS, kind: 'latency', ms: 0 })
})

afterAll(() => machine.stop())

afterEach(() => {
  expect(app.platform.faults.list().map(({ injected }) => injected)).toEqual([0])
  expect(app.commerce.stockReads).toBe(0)
})

const soldInCentra = (some: readonly number[]) => sellRows(app, some, machine.now)

/** Changes of VTEX's own stock, which nobody exports. */
async function soldInVtex() {
  sell(
    app,
    [...skusOfRows(app).values()].filter((id) => app.commerce.balances(id).some(hasUnits))
  )
  await untilTold(app)
}

const hasUnits = ({ total, reserved }: { total: number; reserved: number }) => total > reserved

const pending = () => reportedFiles(app)

describe('with centraSellerId 1, without reading own stock,', () => {
  it("POST /export sends Centra's rows under the names of own offers, and no other SKU", async () => {
    const { said, asked } = await by(app, 'export')
    expect([asked, said]).toEqual([[ALL_ROWS], await expectedOfRows(app)])
    expect(said.every(([offerSku]) => !offerSku.includes('_1'))).toBe(true)
    expect(said.length).toBeGreaterThan(15)
    await expectAsTheSourcesSay(app)
  })

  it('GET /exports/:exportId reports Centra as the only source', async () => {
    const { sources, skus } = await app.exported()
    expect(Object.keys(sources)).toEqual(['centra'])
    expect([skus.planned, skus.read]).toEqual([0, 0])
  })

  it('POST /export/seller/1 sends the same', async () => {
    expect((await by(app, 'export/seller/1')).said).toEqual(await expectedOfRows(app))
  })

  it('POST /export/start/:startId sends the rows of SKUs from startId on', async () => {
    const skus = [...skusOfRows(app)].sort(([, a], [, b]) => a - b)
    const half = skus.slice(skus.length / 2)
    const [, startId] = half[0] ?? [0, 0]
    const { said } = await by(app, `export/start/${startId}`)
    const ids = half.map(([row]) => row)
    expect(said).toEqual(await expectedOfRows(app, ids))
  })

  it('POST /update sends changes of Centra, and acknowledges changes of VTEX', async () => {
    await machine.travel(20 * MINUTE)
    await app.exported('update')
    expect(await pending()).toEqual([])
    await soldInVtex()
    expect((await pending()).length).toBeGreaterThan(0)
    soldInCentra(rows.slice(0, 2))
    const { said, asked } = await by(app, 'update')
    expect([asked, said]).toEqual([CHANGED_ROWS, await expectedOfRows(app, rows.slice(0, 2))])
    expect(await pending()).toEqual([])
    await expectAsTheSourcesSay(app)
  })

  it.each(['export/time/15', 'export/seller/1/time/15'])(
    'POST /%s sends what changed in Centra in that time, without a note',
    async (route) => {
      await machine.travel(DAY)
      soldInCentra(rows.slice(2, 4))
      await machine.travel(40 * MINUTE)
      await soldInVtex()
      soldInCentra(rows.slice(4))
      const { said } = await by(app, route)
      expect(said).toEqual(await expectedOfRows(app, rows.slice(4)))
      const [latest] = await app.reports()
      expect((await app.report(latest?.exportId ?? '')).notes).toEqual([])
    }
  )

  it('POST /export/seller/:sellerId fails for another seller', async () => {
    companyOf(app).calls.reset()
    expect((await app.exported('export/seller/2')).error?.code).toBe('scope_unavailable')
    expect(companyOf(app).calls.all().total).toBe(0)
  })
})
