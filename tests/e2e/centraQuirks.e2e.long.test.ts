import { type CentraBehaviour, DEFAULT_BEHAVIOUR } from '../../sandbox/world/centra/behaviour'
import type { App } from './support/app'
import {
  CHANGED_ROWS,
  centraIn,
  companyOf,
  expectAsTheSourcesSay,
  expectedOfRows,
  forgetChanges,
  removeBeforePage,
  skusOfRows,
} from './support/centra'
import { until } from './support/eventually'
import { MINUTE, TimeMachine } from './support/timeMachine'

/** So many that Centra's rows fill pages; that Centra replaces own stock spares reading them. */
const SKUS = 10_000
const ROWS_A_PAGE = 500
const FIRST = { atMost: 110_000, every: 250 }
jest.setTimeout(120_000)

let machine: TimeMachine
let app: App
let some: number[]

beforeAll(async () => {
  machine = await TimeMachine.start({
    skus: SKUS,
    centra: true,
    settings: { centraSellerId: '1', sellers: '1' },
  })
  app = machine.app
  some = [...skusOfRows(app).keys()].filter((_, index) => index % 70 === 0)
  // Finds out which SKU each row is, which those that follow remember.
  await app.ended(await app.accepted(), FIRST)
  await expectAsTheSourcesSay(app)
})

afterAll(() => machine.stop())

afterEach(async () => {
  app.platform.faults.clear()
  Object.assign(companyOf(app).behaviour, DEFAULT_BEHAVIOUR)
})

const pages = () => Math.ceil(companyOf(app).numbers / ROWS_A_PAGE)
const restock = (rows: readonly number[], at: number) => {
  for (const row of rows) companyOf(app).restock(row, 1, at)
}
const calls = () => companyOf(app).calls.all()

/** Restocks rows on each page, and exports by a route: everything is right then, in so many calls. */
async function expectRight(route: string, most: number, at = machine.now) {
  restock(some, at)
  companyOf(app).calls.reset()
  const report = await app.exported(route)
  expect([report.status, centraIn(report).status]).toEqual(['completed', 'complete'])
  expect(calls().total).toBeLessThanOrEqual(most)
  await expectAsTheSourcesSay(app)
  return Date.parse(report.startedAt ?? '')
}

it("POST /export requests each of Centra's pages once", async () => {
  expect(pages()).toBe(3)
  await expectRight('export', pages())
  expect(calls().latest).toEqual([
    'exclude=physicalStock&limit=500',
    'limit=500&page=2&exclude=physicalStock',
    'limit=500&page=3&exclude=physicalStock',
  ])
})

describe('POST /export and POST /update with a Centra', () => {
  it.each<[string, Partial<CentraBehaviour>]>([
    ['leaves the filters out of its links', { nextFilters: 'dropped' }],
    ['keeps the filters in its links', { nextFilters: 'kept' }],
    ['tells what changed at the very moment too', { after: 'inclusive' }],
    ['tells only what changed later', { after: 'exclusive' }],
    ['has a clock that is nine minutes behind', { clockSkew: -9 * MINUTE }],
    ['has a clock that is nine minutes ahead', { clockSkew: 9 * MINUTE }],
    ['tells its rows in no order', { order: 'shuffled' }],
    ['tells its rows in the order in which they changed', { order: 'modified' }],
    ['answers XML, whatever is asked for', { format: 'xml' }],
    ['says active with true and false', { active: 'boolean' }],
    ['leaves the places of removed rows empty', { removal: 'leavesGap' }],
  ])('send the right offers if it %s', async (_, behaviour) => {
    Object.assign(companyOf(app).behaviour, behaviour)
    const begunAt = await expectRight('export', pages())
    // What an export that began in that very second may have missed.
    await expectRight('update', CHANGED_ROWS.length, begunAt)
  })

  it('send the right offers if it ignores the limit and returns all rows at once', async () => {
    companyOf(app).behaviour.limit = 'ignored'
    await expectRight('export', 1)
    await expectRight('update', CHANGED_ROWS.length)
  })

  it('send the right offers if it accepts the token as a bearer token only', async () => {
    companyOf(app).behaviour.auth = 'bearer'
    const refused = await app.exported()
    expect([refused.status, refused.error?.message]).toEqual([
      'failed',
      expect.stringContaining('credentials'),
    ])
    await app.configure({ centraAuth: 'bearer' })
    await expectRight('export', pages())
    await app.configure({})
  })
})

it.each(['dropped', 'kept'] as const)(
  "POST /update keeps the change filter on each page, with filters %s in Centra's links",
  async (nextFilters) => {
    await forgetChanges(machine)
    companyOf(app).behaviour.nextFilters = nextFilters
    const changed = [...skusOfRows(app).keys()].slice(0, ROWS_A_PAGE + 100)
    restock(changed, machine.now)
    companyOf(app).calls.reset()
    expect(centraIn(await app.exported('update')).read).toBe(changed.length)
    expect(calls().byShape).toEqual({
      'exclude=physicalStock&limit&stock_modified': 1,
      'exclude=physicalStock&limit&page&stock_modified': 1,
      'exclude=physicalStock&limit&modified': 1,
    })
    await expectAsTheSourcesSay(app)
  }
)

describe('POST /export while a Centra row moves to an earlier page', () => {
  const rowsInOrder = () => [...companyOf(app).rows()].map(({ stockItemId }) => stockItemId)

  /** Rows that are no SKU of VTEX: Intershop holds nothing of them. */
  const unmapped = () => {
    const skus = skusOfRows(app)
    return rowsInOrder().filter((row) => !skus.has(row))
  }

  it.each([2, 3])('sends a row that moves across the start of page %i', async (page) => {
    const before = (page - 1) * ROWS_A_PAGE
    const moving = rowsInOrder().slice(before, before + 3)
    restock(moving, machine.now)
    const gone = unmapped().slice(0, 3)
    expect(rowsInOrder().indexOf(gone[2] ?? 0)).toBeLessThan(before)
    removeBeforePage(app, page, gone)
    const report = await app.exported()
    expect([report.status, gone.map((row) => companyOf(app).row(row))]).toEqual([
      'completed',
      [undefined, undefined, undefined],
    ])
    await expectAsTheSourcesSay(app)
  })

  it('leaves a changed row that moves to the next update', async () => {
    await forgetChanges(machine)
    const [gone = 0] = unmapped()
    const changed = [gone, ...skusOfRows(app).keys()].sort((a, b) => a - b)
    const before = new Set((await expectedOfRows(app)).map(String))
    restock(changed.slice(0, ROWS_A_PAGE + 50), machine.now)
    const told = (await expectedOfRows(app)).filter((offer) => !before.has(String(offer))).length
    removeBeforePage(app, 2, [gone])
    const reports = [await app.exported('update'), await app.exported('update')]
    // The one that is gone was read before it went, and the one after the first page was missed.
    expect(reports.map(({ status }) => status)).toEqual(['completed', 'completed'])
    expect(reports.map((report) => centraIn(report).read)).toEqual([
      ROWS_A_PAGE + 49,
      ROWS_A_PAGE + 49,
    ])
    expect(reports.map((report) => centraIn(report).offers.sent)).toEqual([told - 1, 1])
    await expectAsTheSourcesSay(app)
  })
})

it.each(['self', 'first'] as const)(
  'POST /export ends and reports links that form a cycle (to %s) instead of looping',
  async (nextLoops) => {
    await app.exported()
    companyOf(app).behaviour.nextLoops = nextLoops
    companyOf(app).calls.reset()
    const id = await app.accepted()
    await until(
      'a failed attempt',
      async () => (await app.platform.vbase.files('attempts', id)).length > 0
    )
    await machine.loseHope(id)
    const report = await app.ended(id)
    expect(report.status).not.toBe('completed')
    expect(centraIn(report)).toMatchObject({
      status: 'failed',
      error: {
        code: 'upstream_malformed',
        message: expect.stringMatching(/page \d+ holds the same rows as page \d+/),
      },
    })
    expect(calls().total).toBeLessThan(100)
    await expectAsTheSourcesSay(app)
  }
)
