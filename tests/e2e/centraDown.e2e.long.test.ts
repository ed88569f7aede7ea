import { UPSTREAMS } from '../../sandbox/faults/upstreams'
import type { FaultRule } from '../../sandbox/platform'
import { DEFAULT_BEHAVIOUR } from '../../sandbox/world/centra/behaviour'
import type { App } from './support/app'
import {
  by,
  CHANGED_ROWS,
  centraIn,
  companyOf,
  expectAsTheSourcesSay,
  expectedOfRows,
  ofCentra,
  sellableRows,
  sellRows,
} from './support/centra'
import { broughtBy, expectedNow, expectedOf, sellable, sold } from './support/changes'
import { until } from './support/eventually'
import type { Report } from './support/report'
import { MINUTE, TimeMachine } from './support/timeMachine'

/** It takes several attempts, each tried again a few times, and a restart. */
jest.setTimeout(120_000)

let machine: TimeMachine
let app: App
let rows: number[]
let ids: number[]

beforeAll(async () => {
  machine = await TimeMachine.start({ skus: 40, centra: true })
  app = machine.app
  app.sandbox.broadcaster.behaviour.partial = 0
  rows = await sellableRows(app, 3)
  ids = await sellable(app, 2)
})

afterAll(() => machine.stop())

afterEach(() => app.platform.faults.clear())

const watermarks = () => app.platform.vbase.files('checkpoints', 'watermark~')

/** The end of an export of which a source makes no progress: ten minutes pass after its first failed attempt. */
async function exportedWithFailures(route: string, source: 'own' | 'centra'): Promise<Report> {
  const id = await app.accepted(route)
  await until(`a failed attempt of ${source}`, async () =>
    (await app.platform.vbase.files('attempts', id)).some((name) =>
      name.includes(`~source=${source}~`)
    )
  )
  await machine.loseHope(id)
  const report = await app.ended(id, { atMost: 100_000, every: 250 })
  await app.intershop.idle()
  return report
}

/** The report says that Centra was not read, and why. */
function expectAbandoned(report: Report, reason: RegExp) {
  const { status, read, offers, error } = centraIn(report)
  expect(report.status).toBe('completedWithErrors')
  expect([status, read, offers.sent]).toEqual(['failed', 0, 0])
  expect(error?.message).toMatch(reason)
  expect(report.offers.failed).toBeGreaterThan(0)
  expect(report.notes).toContainEqual(expect.stringContaining('Centra was not read to its end'))
  expect(report.sources.own).toMatchObject({ status: 'complete', offers: { failed: 0 } })
}

const DOWN: FaultRule = { ...UPSTREAMS.centra, kind: 'status', status: 503 }

describe('while Centra is down', () => {
  it("POST /update sends VTEX's offers at first, and reports why Centra failed", async () => {
    app.platform.faults.add(DOWN)
    const said = await broughtBy(app, async () => {
      expectAbandoned(await exportedWithFailures('update', 'centra'), /ten minutes.*503/)
    })
    expect(said.length).toBe((await expectedNow(app)).length)
    expect(ofCentra(said)).toEqual([])
    expect(await watermarks()).toEqual([])
  })

  it('POST /update then reads all of Centra once it is up, and only changes of VTEX', async () => {
    const { said } = await by(app, 'update')
    expect(said).toEqual(await expectedOfRows(app))
    await expectAsTheSourcesSay(app)
    expect((await watermarks()).length).toBe(1)
  })

  it.each<[string, FaultRule]>([
    ['answers 503', DOWN],
    ['breaks off', { ...UPSTREAMS.centra, kind: 'reset' }],
  ])(
    'POST /update sends changes of VTEX while Centra %s, and the next one catches up',
    async (_, fault) => {
      await machine.travel(20 * MINUTE)
      await app.exported('update')
      const before = await watermarks()
      sellRows(app, rows, machine.now)
      await sold(app, ids)
      app.platform.faults.add(fault)
      const said = await broughtBy(app, async () => {
        expectAbandoned(await exportedWithFailures('update', 'centra'), /ten minutes/)
      })
      expect(said).toEqual(await expectedOf(app, ids))
      expect((await watermarks()).filter((name) => !before.includes(name))).toEqual([])
      app.platform.faults.clear()
      await machine.travel(20 * MINUTE)
      const next = await by(app, 'update')
      expect(next).toEqual({ said: await expectedOfRows(app, rows), asked: CHANGED_ROWS })
      await expectAsTheSourcesSay(app)
    }
  )

  it('POST /export reports that it still reads Centra, and completes own stock meanwhile', async () => {
    app.platform.faults.add(DOWN)
    const id = await app.accepted()
    await until('own stock', async () => {
      const { sources } = await app.report(id)
      return sources.own?.status === 'complete'
    })
    const report = await app.report(id)
    expect([report.status, centraIn(report).status]).toEqual(['running', 'reading'])
    app.platform.faults.clear()
    expect((await app.ended(id)).status).toBe('completed')
    await expectAsTheSourcesSay(app)
  })
})

describe('POST /export with a Centra', () => {
  const { behaviour } = { behaviour: () => companyOf(app).behaviour }
  afterEach(async () => {
    Object.assign(behaviour(), DEFAULT_BEHAVIOUR)
    await app.configure({})
  })

  it.each<[string, () => Promise<unknown> | unknown, RegExp]>([
    [
      'has the endpoint switched off',
      () => Object.assign(behaviour(), { switchedOff: true }),
      /Not Allowed/,
    ],
    [
      'does not take the token',
      () => app.configure({ centraToken: 'another' }),
      /401.*credentials/,
    ],
    [
      'has no such plugin',
      () => app.configure({ centraUrl: 'https://sandbox.centra.com/api/x' }),
      /404.*centraUrl/,
    ],
  ])('abandons it at once and sends own stock if it %s', async (_, befall, reason) => {
    await befall()
    const before = await watermarks()
    const said = await broughtBy(app, async () => {
      const report = await app.exported()
      expectAbandoned(report, reason)
      const took = Date.parse(report.endedAt ?? '') - Date.parse(report.acceptedAt)
      expect(took).toBeLessThan(10 * MINUTE)
    })
    expect(ofCentra(said)).toEqual([])
    expect(said.length).toBe((await expectedNow(app)).length)
    expect((await watermarks()).filter((name) => !before.includes(name))).toEqual([])
  })

  it('reports its message and sends no 0 if it returns status "no" with HTTP 200', async () => {
    behaviour().fails = true
    const report = await exportedWithFailures('export', 'centra')
    expectAbandoned(report, /ten minutes.*status "no": Something went wrong/)
    behaviour().fails = false
    await app.exported('update')
    await expectAsTheSourcesSay(app)
  })
})

describe("while VTEX's list of SKUs is down", () => {
  it("POST /export sends Centra's offers, and reports why own stock failed", async () => {
    app.platform.faults.add({ ...UPSTREAMS['catalog-list'], kind: 'status', status: 503 })
    const said = await broughtBy(app, async () => {
      const { status, sources } = await exportedWithFailures('export', 'own')
      expect([status, sources.own?.status]).toEqual(['completedWithErrors', 'failed'])
      expect(sources.own?.error?.message).toMatch(/ten minutes.*(503|down)/)
      expect(sources.centra).toMatchObject({ status: 'complete', offers: { failed: 0 } })
    })
    expect(said).toEqual(await expectedOfRows(app))
  })
})

it('POST /export sends nothing while VTEX and Centra are down, and reports why each failed', async () => {
  app.platform.faults.add(DOWN)
  app.platform.faults.add({ ...UPSTREAMS['catalog-list'], kind: 'status', status: 503 })
  const { status, offers, sources, error } = await exportedWithFailures('export', 'centra')
  expect([offers.sent, status]).toEqual([0, 'failed'])
  const abandoned = { status: 'failed', error: { message: expect.stringContaining('ten minutes') } }
  expect([sources.own, sources.centra]).toMatchObject([abandoned, abandoned])
  expect(error?.message).toMatch(/ten minutes/)
})
