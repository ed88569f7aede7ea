import { UPSTREAMS } from '../../sandbox/faults/upstreams'
import { App } from './support/app'
import { broughtBy, expectedOf, reportedFiles, sellable, sold, untilTold } from './support/changes'
import { until } from './support/eventually'

const MANY = 600
/** Milliseconds for each SKU's stock: a full export takes a minute then. */
const SLOW = { ...UPSTREAMS.inventory, kind: 'latency', ms: 1_500 } as const
const TIMEOUT = { atMost: 200_000, every: 250 }
jest.setTimeout(240_000)

let app: App

afterEach(() => app.stop())

async function expectNoDifference() {
  await app.intershop.idle()
  expect(await app.sandbox.compare()).toMatchObject({ differing: 0, missing: 0, surplus: 0 })
}

const folder = (name: string, prefix?: string) => app.platform.vbase.files(name, prefix)

function change(skuIds: readonly number[], total: number) {
  for (const id of skuIds) app.commerce.setBalance(id, '1_1', { total, reserved: 1 })
}

/** Kills all workers as soon as something holds, and waits for others. */
async function killAllOnce(what: string, holds: () => Promise<boolean>) {
  await until(what, holds)
  await app.restartWorkers()
}

it('POST /update completes before a long full export that was posted first', async () => {
  app = await App.start({ skus: MANY })
  app.platform.faults.add(SLOW)
  const full = await app.accepted()
  await until('the full export to run', async () => (await app.report(full)).status === 'running')
  const ids = await sellable(app, 5)
  await sold(app, ids)
  const update = await app.ended(await app.accepted('update'), TIMEOUT)
  const { status, skus } = await app.report(full)
  expect([update.status, update.skus.planned, update.notes]).toEqual(['completed', 5, []])
  expect([status, skus.remaining]).toEqual(['running', expect.any(Number)])
  app.platform.faults.clear()
  await app.ended(full, TIMEOUT)
  await expectNoDifference()
})

describe('POST /update of 200 changes', () => {
  let ids: number[]

  beforeEach(async () => {
    app = await App.start({ skus: 300, replicas: 2 })
    await app.exported()
    ids = [...app.commerce.catalog.ids()].slice(0, 200)
    change(ids, 40)
    await untilTold(app)
  })

  it('loses nothing if all replicas are killed while it reads and acknowledges', async () => {
    app.platform.faults.add({ ...UPSTREAMS.inventory, kind: 'latency', ms: 100 })
    const id = await app.accepted('update')
    await killAllOnce('a plan', async () => (await folder('plans', id)).length > 0)
    await killAllOnce('a delivery', async () =>
      (await folder('receipts')).some(
        (name) => name.includes(id) && name.endsWith('state=committed')
      )
    )
    await killAllOnce('the change log', async () => (await folder('changes')).length > 0)
    const report = await app.ended(id, TIMEOUT)
    expect([report.status, report.skus.planned]).toEqual(['completed', 200])
    await expectNoDifference()
    await app.exported('update')
    // What is of an inactive SKU is read once more a quarter of an hour later.
    expect(await reportedFiles(app)).toEqual([])
  })

  it('leaves changes reported during a crash to the next update', async () => {
    const id = await app.accepted('update')
    // What is reported before the worklist is saved is on it.
    await until('a worklist', async () => (await folder('worklists', id)).length > 0)
    const more = ids.slice(0, 20)
    app.platform.replicas.killAll()
    change(more, 50)
    await untilTold(app)
    await app.ended(id, TIMEOUT)
    await app.intershop.idle()
    const said = await broughtBy(app, () => app.exported('update'))
    expect(said).toEqual(await expectedOf(app, more))
    await expectNoDifference()
  })

  it('loses nothing if everything is restarted', async () => {
    const id = await app.accepted('update')
    await until('a plan', async () => (await folder('plans', id)).length > 0)
    await app.restart()
    expect((await app.ended(id, TIMEOUT)).skus.planned).toBe(200)
    await expectNoDifference()
  })
})
