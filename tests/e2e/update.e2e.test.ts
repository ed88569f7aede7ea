import { UPSTREAMS } from '../../sandbox/faults/upstreams'
import { App } from './support/app'
import {
  broughtBy,
  expectedOf,
  type Said,
  sell,
  sellable,
  sold,
  sorted,
  untilTold,
} from './support/changes'
import { until } from './support/eventually'
import { type Report, sumOfOffers } from './support/report'

const SKUS = 300
const MOST_ATTEMPTS = 10
/** Of updates, one after the other. */
const LONG = 120_000

let app: App

beforeAll(async () => {
  app = await App.start({ skus: SKUS })
})

afterAll(() => app.stop())

afterEach(() => app.platform.faults.clear())

async function expectNoDifference() {
  expect(await app.sandbox.compare()).toMatchObject({ differing: 0, missing: 0, surplus: 0 })
}

/** Has an update find nothing to do. */
async function expectNothingPending() {
  const report = await app.exported('update')
  expect([report.status, report.skus.planned, report.files]).toEqual(['completed', 0, 0])
}

/** What is not as Intershop was sent it before: updates leave out the others. */
function changedSince(before: readonly Said[], now: readonly Said[]): Said[] {
  const quantities = new Map(before)
  return now.filter(([offerSku, quantity]) => quantities.get(offerSku) !== quantity)
}

/** Not there, refused, and refused: what VTEX says of SKUs that cannot be read. */
const STATUSES = [404, 403, 400]

/** The stock of SKUs cannot be read from now on. */
function cutOff(skuIds: readonly number[]) {
  for (const [index, skuId] of skuIds.entries()) {
    const path = `inventory/skus/${skuId}\\?`
    const status = STATUSES[index % STATUSES.length]
    app.platform.faults.add({ ...UPSTREAMS.inventory, path, kind: 'status', status })
  }
}

/** While `meanwhile` lasts, an update has its plan and waits for VTEX. */
async function updatedWhile(meanwhile: () => Promise<unknown>) {
  const slow = app.platform.faults.add({ ...UPSTREAMS.inventory, kind: 'latency', ms: 2_500 })
  const id = await app.accepted('update')
  await until('a plan', async () => (await app.report(id)).status === 'running')
  await meanwhile()
  app.platform.faults.remove(slow)
  return app.ended(id)
}

describe('POST /update for the first time', () => {
  it('sends every SKU, with a note', async () => {
    const report = await app.exported('update')
    expect([report.status, report.skus.planned]).toEqual(['completed', SKUS])
    expect(report.notes).toEqual([expect.stringMatching(/first update/)])
    await expectNoDifference()
  })

  it('leaves nothing for the next update', () => expectNothingPending())

  it('happens again after a settings change that affects offers', async () => {
    await app.configure({ safetyStock: 1 })
    expect((await app.exported('update')).skus.planned).toBe(SKUS)
    await expectNoDifference()
    await expectNothingPending()
  })
})

describe('POST /update', () => {
  it('sends exactly the offers of 200 changed SKUs', async () => {
    const ids = [...app.commerce.catalog.ids()].slice(40, 240)
    const before = await expectedOf(app, ids)
    for (const id of ids) app.commerce.setBalance(id, '1_1', { total: 50, reserved: 1 })
    await untilTold(app)
    const now = await expectedOf(app, ids)
    const changed = changedSince(before, now)
    const said = await broughtBy(app, async () => {
      const report = await app.exported('update')
      expect([report.status, report.skus.planned, report.notes]).toEqual(['completed', 200, []])
      expect(report.offers.unchanged).toBe(now.length - changed.length)
      expect(report.offers.processed).toBe(sumOfOffers(report))
    })
    expect(said).toEqual(changed)
    expect(said.length).toBeGreaterThan(150)
    await expectNoDifference()
  })

  it('sends nothing if nothing changed since the last one', () => expectNothingPending())

  it('sends a SKU once that changed several times', async () => {
    const [id = 0] = await sellable(app, 1)
    await sold(app, [id, id, id])
    const said = await broughtBy(app, () => app.exported('update'))
    expect(said).toEqual(await expectedOf(app, [id]))
  })

  it('leaves changes made while it runs to the next one, also of SKUs already read', async () => {
    const [before = 0, both = 0, meanwhile = 0] = await sellable(app, 3)
    await sold(app, [before, both])
    const first = await broughtBy(app, async () => {
      const report = await updatedWhile(() => sold(app, [both, meanwhile]))
      expect([report.skus.planned, report.offers.sent]).toEqual([2, 2])
    })
    // The first may have read that SKU as it is now: then the next reads it, and leaves it out.
    const now = await expectedOf(app, [both, meanwhile])
    const changed = changedSince(first, now)
    const said = await broughtBy(app, async () => {
      const { skus, offers } = await app.exported('update')
      const unchanged = now.length - changed.length
      expect([skus.planned, offers.sent, offers.unchanged]).toEqual([2, changed.length, unchanged])
    })
    expect(said).toEqual(changed)
    expect(said).toEqual(expect.arrayContaining(await expectedOf(app, [meanwhile])))
    await expectNoDifference()
    await expectNothingPending()
  })

  it('leaves its changes to the next one when it is cancelled', async () => {
    const ids = await sellable(app, 3)
    await sold(app, ids)
    // What the cancelled one has published already, the next one reads, and leaves out.
    const said = await broughtBy(app, async () => {
      const report = await updatedWhile(async () => {
        const [running] = await app.reports()
        await app.send('DELETE', `exports/${running?.exportId}`)
      })
      expect(report.status).toBe('cancelled')
      expect((await app.exported('update')).skus.planned).toBe(3)
    })
    expect(said).toEqual(await expectedOf(app, ids))
  })
})

describe('POST /update with 3 of 200 SKUs unreadable', () => {
  let ids: number[]
  let broken: number[]
  let before: Said[]
  const failedIn = ({ failures }: Report) =>
    failures.map(({ skuId }) => skuId ?? 0).sort((a, b) => a - b)

  async function changed200() {
    ids = [...app.commerce.catalog.ids()].slice(0, 200)
    broken = (await sellable(app, 3)).sort((a, b) => a - b)
    cutOff(broken)
    before = await expectedOf(app, ids)
    for (const id of ids) app.commerce.setBalance(id, '1_1', { total: 70, reserved: 2 })
    await untilTold(app)
  }

  it('names them as failures and sends the others', async () => {
    await changed200()
    const others = ids.filter((id) => !broken.includes(id))
    const now = await expectedOf(app, others)
    const changed = changedSince(before, now)
    const said = await broughtBy(app, async () => {
      const report = await app.exported('update')
      expect([report.status, failedIn(report)]).toEqual(['completedWithErrors', broken])
      expect(report.offers.unchanged).toBe(now.length - changed.length)
    })
    expect(said).toEqual(changed)
    expect(said.length).toBeGreaterThan(150)
  })

  it('reads them again next time, and sends them once they can be read', async () => {
    cutOff(broken)
    const next = await app.exported('update')
    expect([next.skus.planned, failedIn(next)]).toEqual([3, broken])
    app.platform.faults.clear()
    const said = await broughtBy(app, () => app.exported('update'))
    expect(said).toEqual(await expectedOf(app, broken))
    await expectNoDifference()
    await expectNothingPending()
  })

  it(
    'reports them for manual action after ten attempts, while full exports still try',
    async () => {
      cutOff(broken)
      await sold(app, broken)
      for (let attempt = 1; attempt < MOST_ATTEMPTS; attempt++) {
        const { skus, manualAction } = await app.exported('update')
        expect([attempt, skus.planned, manualAction]).toEqual([attempt, 3, undefined])
      }
      const last = await app.exported('update')
      expect([...(last.manualAction ?? [])].sort((a, b) => a - b)).toEqual(broken)
      await expectNothingPending()
      expect(failedIn(await app.exported())).toEqual(broken)
      app.platform.faults.clear()
      expect((await app.exported()).status).toBe('completed')
      await expectNoDifference()
    },
    LONG
  )

  it('tries them again when they change again', async () => {
    await sold(app, broken)
    const said = await broughtBy(app, () => app.exported('update'))
    expect(said).toEqual(await expectedOf(app, broken))
  })
})

describe('POST /update with 403 responses of VTEX', () => {
  /** @param status 400 or 403, for ever */
  function refuse(
    upstream: 'inventory' | 'catalog-sku',
    skuIds: readonly number[],
    status: number
  ) {
    const { path, ...host } = UPSTREAMS[upstream]
    const those = { ...host, path: `^${path}(${skuIds.join('|')})\\?` }
    app.platform.faults.add({ ...those, kind: 'status', status })
  }

  const refusedIn = ({ failures }: Report) => failures.map(({ skuId, code }) => [skuId, code])

  it(
    'fails two refused SKUs alone, and a full export sends all others',
    async () => {
      const [stockless = 0, unrecorded = 0, ...others] = await sellable(app, 5)
      const refused = [stockless, unrecorded]
      const failed = refused.map((skuId) => [skuId, 'upstream_refused'])
      refuse('inventory', [stockless], 403)
      refuse('catalog-sku', [unrecorded], 400)
      await sold(app, refused)
      const alone = await app.exported('update')
      expect([alone.status, refusedIn(alone)]).toEqual(['completedWithErrors', failed])
      expect(alone.sources.own?.status).toBe('complete')

      await sold(app, others)
      const said = await broughtBy(app, async () => {
        const report = await app.exported('update')
        expect([report.skus.planned, refusedIn(report)]).toEqual([5, failed])
      })
      expect(said).toEqual(await expectedOf(app, others))

      // What the app keeps of SKUs spares it their records.
      await app.platform.vbase.clear('skus')
      const full = await app.exported()
      expect([full.status, refusedIn(full)]).toEqual(['completedWithErrors', failed])
      expect([full.skus.read, full.offers.failed]).toEqual([SKUS, 2])
      const differences = { differing: 2, missing: 0, surplus: 0 }
      expect(await app.sandbox.compare()).toMatchObject(differences)

      app.platform.faults.clear()
      expect((await app.exported('update')).status).toBe('completed')
      await expectNoDifference()
      await expectNothingPending()
    },
    LONG
  )

  it.each([
    ['every call', { ...UPSTREAMS.inventory, path: '/api/' }],
    ['every inventory', UPSTREAMS.inventory],
  ])('abandons the source while %s is refused, and sends 3 SKUs next time', async (_, where) => {
    const ids = await sellable(app, 3)
    app.platform.faults.add({ ...where, kind: 'status', status: 403 })
    await sold(app, ids)
    const report = await app.exported('update')
    const error = { code: 'upstream_refused', message: expect.stringContaining('status 403') }
    expect(report).toMatchObject({ status: 'failed', failures: [], sources: { own: { error } } })
    app.platform.faults.clear()
    const said = await broughtBy(app, () => app.exported('update'))
    expect(said).toEqual(await expectedOf(app, ids))
    await expectNoDifference()
  })

  it('abandons the source of POST /export at the first of many refused SKUs, and sends those before', async () => {
    const ids = [...app.commerce.catalog.ids()].sort((one, other) => one - other)
    refuse('inventory', ids.slice(100), 403)
    app.platform.requests.reset()
    const report = await app.exported()
    const error = { code: 'upstream_refused' }
    expect(report).toMatchObject({
      status: 'completedWithErrors',
      failures: [],
      skus: { read: 100, remaining: SKUS - 100 },
      sources: { own: { status: 'failed', error } },
    })
    const calls = app.platform.requests.of(UPSTREAMS.inventory.upstream).byStatus[403]
    expect(calls).toBeLessThan(SKUS - 100)
    app.platform.faults.clear()
    expect((await app.exported()).status).toBe('completed')
    await expectNoDifference()
  })
})

it('POST /update sends the stock at the time of reading', async () => {
  const [id = 0] = await sellable(app, 1)
  await sold(app, [id])
  app.sandbox.broadcaster.behaviour.lost = 1
  sell(app, [id])
  app.sandbox.broadcaster.behaviour.lost = 0
  await app.exported('update')
  await expectNoDifference()
})

it('POST /update sends the current state and name of a changed SKU', async () => {
  const [renamed = 0, ended = 0] = await sellable(app, 2)
  const before = app.commerce.sku(renamed)?.refId ?? ''
  app.commerce.setRefId(renamed, 'RENAMED')
  app.commerce.setActive(ended, false)
  await untilTold(app)
  const said = await broughtBy(app, () => app.exported('update'))
  const gone = [before, 0] as const
  expect(said).toEqual(sorted([gone, ...(await expectedOf(app, [renamed, ended]))]))
  expect(said).toContainEqual(['RENAMED', expect.any(Number)])
})

it('POST /export reads a repeating list of SKUs a few pages at a time until it ends', async () => {
  const body = JSON.stringify([...app.commerce.catalog.ids()])
  app.platform.faults.add({ ...UPSTREAMS['catalog-list'], kind: 'status', status: 200, body })
  app.platform.requests.reset()
  const id = await app.accepted()
  const reason = 'page 2 holds the same SKU ids as page 1'
  await until('a failed attempt', async () => (await app.log()).includes(reason))
  const { total } = app.platform.requests.of(UPSTREAMS['catalog-list'].upstream)
  expect(total).toBeLessThanOrEqual(4 * 8)
  app.platform.faults.clear()
  expect((await app.ended(id)).status).toBe('completed')
  await expectNoDifference()
})
