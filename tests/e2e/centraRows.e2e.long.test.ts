import { CENTRA_SELLER } from '../../sandbox/world/centra/access'
import type { CentraBehaviour } from '../../sandbox/world/centra/behaviour'
import { App } from './support/app'
import {
  by,
  CHANGED_ROWS,
  centraIn,
  companyOf,
  expectAsTheSourcesSay,
  expectedOfRows,
  ONE_ROW,
  sellableRows,
  sellRows,
} from './support/centra'
import { broughtBy } from './support/changes'

const MOST_ATTEMPTS = 10

let app: App
let rows: number[]
let broken: number
let other: number

beforeAll(async () => {
  app = await App.start({ skus: 40, centra: true })
  rows = await sellableRows(app, 4)
  ;[broken = 0, other = 0] = rows
})

afterAll(() => app.stop())

afterEach(() => heal())

const breakRow = (how: CentraBehaviour['broken'][string], row = broken) => {
  companyOf(app).behaviour.broken = { [row]: how }
}
const heal = () => {
  companyOf(app).behaviour.broken = {}
}

const watermarks = () => app.platform.vbase.files('checkpoints', 'watermark~')

/** An export in which one row fails; answers what it brought and how Centra was asked. */
async function failingIn(route: string, named: object) {
  const { calls } = companyOf(app)
  calls.reset()
  const said = await broughtBy(app, async () => {
    const report = await app.exported(route)
    expect([report.status, centraIn(report).status]).toEqual(['completedWithErrors', 'complete'])
    expect(centraIn(report).offers.failed).toBe(1)
    expect(report.failures).toEqual([named])
  })
  return { said, asked: Object.keys(calls.all().byShape).sort() }
}

const failure = (rowId: number) => ({
  ...{ rowId, sellerId: CENTRA_SELLER, code: 'centra_row' },
  message: expect.stringMatching(/^Centra: products\[\d+\]\.availableStock: expected/),
})

/** Everything is in Intershop, and there is nothing to be read again but what changed lately. */
async function expectNothingLeft() {
  await expectAsTheSourcesSay(app)
  expect((await by(app, 'update')).asked).toEqual(CHANGED_ROWS)
}

describe('a Centra row that cannot be parsed', () => {
  it('fails alone in the first update, with its field in the report', async () => {
    breakRow('text')
    const { said } = await failingIn('update', failure(broken))
    const whole = await expectedOfRows(app)
    const missing = await expectedOfRows(app, [broken])
    expect(said).not.toContainEqual(missing[0])
    for (const each of whole.filter(([sku]) => sku !== missing[0]?.[0])) {
      expect(said).toContainEqual(each)
    }
  })

  it('gets requested by its id in the next update, and sent once it can be parsed', async () => {
    breakRow('missing')
    const next = await failingIn('update', failure(broken))
    expect(next).toEqual({ said: [], asked: [...CHANGED_ROWS, ONE_ROW].sort() })
    heal()
    const healed = await by(app, 'update')
    expect(healed.said).toEqual(await expectedOfRows(app, [broken]))
    await expectNothingLeft()
  })

  it.each(['text', 'null', 'missing'] as const)(
    'keeps its offer while its quantity is %s, and never becomes 0',
    async (how) => {
      const [[offerSku = '', quantity] = []] = await expectedOfRows(app, [broken])
      sellRows(app, [broken, other])
      breakRow(how)
      const { said } = await failingIn('export', failure(broken))
      expect(said.map(([sku]) => sku)).not.toContain(offerSku)
      expect(app.intershop.inventory.get(offerSku)?.quantity).toBe(quantity)
      heal()
      const { said: next } = await by(app, 'update')
      // The other one is as the export sent it.
      expect(next).toEqual(await expectedOfRows(app, [broken]))
      await expectAsTheSourcesSay(app)
    }
  )

  it('needs manual action after ten attempts, while full exports still try', async () => {
    breakRow('null')
    await failingIn('export', failure(broken))
    for (let attempt = 2; attempt <= MOST_ATTEMPTS; attempt++) {
      const report = await app.exported('update')
      const isLast = attempt === MOST_ATTEMPTS
      expect([attempt, report.manualActionRows]).toEqual([attempt, isLast ? [broken] : undefined])
    }
    companyOf(app).calls.reset()
    await app.exported('update')
    expect(Object.keys(companyOf(app).calls.all().byShape).sort()).toEqual(CHANGED_ROWS)
    await failingIn('export', failure(broken))
    heal()
    await app.exported()
    await expectNothingLeft()
  })
})

it('POST /update sends a row with odd types in unused fields, and notes the fields once', async () => {
  await app.exported()
  companyOf(app).behaviour.broken = { [broken]: 'odd', [other]: 'odd' }
  sellRows(app, [broken, other])
  const said = await broughtBy(app, async () => {
    const report = await app.exported('update')
    expect([report.status, report.failures]).toEqual(['completed', []])
    expect(report.notes).toEqual([
      expect.stringContaining('brand, countryOfOrigin, harmCode, weight.'),
    ])
  })
  expect(said).toEqual(await expectedOfRows(app, [broken, other]))
  heal()
  expect((await app.exported('update')).notes).toEqual([])
  await expectNothingLeft()
})

describe('a Centra row without an id', () => {
  it('fails with its field, keeps the watermark and loses no change', async () => {
    await app.exported('update')
    const before = await watermarks()
    sellRows(app, [broken, other])
    breakRow('withoutId')
    const named = {
      ...{ sellerId: CENTRA_SELLER, code: 'centra_row' },
      message: expect.stringMatching(/^Centra: products\[\d+\]\.stockItemId: expected/),
    }
    const { said } = await failingIn('update', named)
    expect(said).toContainEqual((await expectedOfRows(app, [other]))[0])
    expect(await watermarks()).toEqual(before)
    expect(await app.log()).toContain('watermark.kept')
    heal()
    const { said: next } = await by(app, 'update')
    // The other one is as the update before sent it.
    expect(next).toEqual(await expectedOfRows(app, [broken]))
    expect(await watermarks()).not.toEqual(before)
    await expectAsTheSourcesSay(app)
  })
})

it('POST /update fails a row that VTEX cannot be asked about, and retries it', async () => {
  const added = companyOf(app).addRow({ sku: 'NEW-IN-CENTRA', ean: '9990000000001' })
  const path = 'stockkeepingunitbyean/9990000000001'
  app.platform.faults.add({ upstream: '*', path, kind: 'status', status: 400 })
  const named = expect.objectContaining({ rowId: added.stockItemId, sellerId: CENTRA_SELLER })
  await failingIn('update', named)
  app.platform.faults.clear()
  const report = await app.exported('update')
  expect(report.unmapped.map(({ rowId }) => rowId)).toContain(added.stockItemId)
})
