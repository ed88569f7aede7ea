import { UPSTREAMS } from '../../sandbox/faults/upstreams'
import { App } from './support/app'
import { centraIn, companyOf, expectAsTheSourcesSay, skusOfRows } from './support/centra'
import { until } from './support/eventually'

/** So many that Centra's rows fill three pages; that Centra replaces own stock spares reading them. */
const SKUS = 10_000
const PAGES = 3
const TIMEOUT = { atMost: 200_000, every: 250 }
jest.setTimeout(240_000)

/** A worker that takes over from a dead one reads for half a second, the next for one: then a batch is a page. */
const SLOW = { ...UPSTREAMS.centra, kind: 'latency', ms: 1_500 } as const

let app: App
let rows: number[]

beforeAll(async () => {
  app = await App.start({
    ...{ skus: SKUS, centra: true, replicas: 2 },
    settings: { centraSellerId: '1', sellers: '1' },
  })
  rows = [...skusOfRows(app).keys()]
})

afterAll(() => app.stop())

beforeEach(() => {
  app.platform.faults.add(SLOW)
})

afterEach(() => app.platform.faults.clear())

const folder = (name: string, prefix?: string) => app.platform.vbase.files(name, prefix)
const restock = (some: readonly number[]) => {
  for (const row of some) companyOf(app).restock(row, 1)
}

/** Parts of an export that reached Intershop. */
const delivered = async (id: string) =>
  (await folder('receipts')).filter((name) => name.includes(id) && name.endsWith('state=committed'))
    .length

/** Kills all workers as soon as something holds, and waits for others. */
async function killAllOnce(what: string, holds: () => Promise<boolean>) {
  await until(what, holds)
  await app.restartWorkers()
}

async function expectAsWithoutCrash(id: string, read: number) {
  const report = await app.ended(id, TIMEOUT)
  expect([report.status, centraIn(report).status]).toEqual(['completed', 'complete'])
  expect(centraIn(report).offers.failed).toBe(0)
  expect(centraIn(report).read).toBeGreaterThanOrEqual(read)
  await expectAsTheSourcesSay(app)
}

it('POST /export reads all of Centra though all workers are killed again and again', async () => {
  const id = await app.accepted()
  await killAllOnce('a plan', async () => (await folder('plans', id)).length > 0)
  for (let parts = 1; parts < PAGES; parts++) {
    await killAllOnce(`delivery ${parts}`, async () => (await delivered(id)) >= parts)
  }
  await expectAsWithoutCrash(id, companyOf(app).numbers)
  expect(await delivered(id)).toBeGreaterThanOrEqual(PAGES)
})

it('POST /export, a page per batch, loses no row that moves to a page read before', async () => {
  const gone = rows.shift() ?? 0
  restock(rows)
  const id = await app.accepted()
  await killAllOnce('a plan', async () => (await folder('plans', id)).length > 0)
  await until('a first delivery', async () => (await delivered(id)) > 0)
  companyOf(app).removeRow(gone)
  const report = await app.ended(id, TIMEOUT)
  expect(report.status).toBe('completed')
  await app.intershop.idle()
  const { differing, missing } = await app.sandbox.compare()
  expect({ differing, missing }).toEqual({ differing: 0, missing: 0 })
})

it('POST /update loses no change in Centra though workers are killed at each of its steps', async () => {
  restock(rows)
  const id = await app.accepted('update')
  await killAllOnce('a plan', async () => (await folder('plans', id)).length > 0)
  await killAllOnce('a delivery', async () => (await delivered(id)) > 0)
  restock(rows.slice(0, 5))
  const marks = (await folder('checkpoints', 'watermark~')).length
  await killAllOnce(
    'the watermark',
    async () => (await folder('checkpoints', 'watermark~')).length > marks
  )
  const report = await app.ended(id, TIMEOUT)
  expect(report.status).toBe('completed')
  await app.exported('update')
  const { differing, missing } = await app.sandbox.compare()
  expect({ differing, missing }).toEqual({ differing: 0, missing: 0 })
})
