import { CENTRA_SELLER } from '../../sandbox/world/centra/settings'
import type { App } from './support/app'
import {
  by,
  CHANGED_ROWS,
  centraIn,
  expectAsTheSourcesSay,
  expectedOfRows,
  ofCentra,
  sellableRows,
  sellRows,
} from './support/centra'
import { expectedNow, expectedOf, type Said, sellable, sold, sorted } from './support/changes'
import { MINUTE, TimeMachine } from './support/timeMachine'

const SKUS = 40

let machine: TimeMachine
let app: App
/** Rows and SKUs to sell of, each in a test of its own. */
let rows: number[]
let ids: number[]

beforeAll(async () => {
  machine = await TimeMachine.start({ skus: SKUS, centra: true })
  app = machine.app
  // A notification without flags counts as a change of the SKU itself, which windows keep for longer.
  app.sandbox.broadcaster.behaviour.partial = 0
  rows = await sellableRows(app, 6)
  ids = await sellable(app, 6)
})

afterAll(() => machine.stop())

const sentBy = async (route: string) => (await by(app, route)).said

/** Both sources' offers, in order. */
const together = (...said: Said[][]) => sorted(said.flat())

/** Sells a unit of each row at the workers' time. */
const soldInCentra = (some: readonly number[]) => sellRows(app, some, machine.now)

describe('a window', () => {
  it('reads of Centra what changed in it, though it has to read all own stock', async () => {
    soldInCentra(rows.slice(0, 2))
    const { said, asked } = await by(app, 'export/time/5')
    expect(asked).toEqual(CHANGED_ROWS)
    expect(ofCentra(said)).toEqual(await expectedOfRows(app, rows.slice(0, 2)))
    expect(said.length).toBe((await expectedNow(app)).length + 2)
  })
})

describe('export/time/:minutes', () => {
  const early = () => [rows.slice(0, 2), ids.slice(0, 2)] as const
  const late = () => [rows.slice(2, 4), ids.slice(2, 4)] as const
  const expectedOfAll = async (...some: ReadonlyArray<readonly [number[], number[]]>) => {
    const offers = some.map(async ([inCentra, own]) =>
      together(await expectedOfRows(app, inCentra), await expectedOf(app, own))
    )
    return together(...(await Promise.all(offers)))
  }

  it('sends what changed in it, of both sources, and not what changed before', async () => {
    await app.exported('update')
    await machine.travel(60 * MINUTE)
    soldInCentra(early()[0])
    await sold(app, early()[1])
    await machine.travel(40 * MINUTE)
    soldInCentra(late()[0])
    await sold(app, late()[1])
    await machine.travel(MINUTE)
    const { said, asked } = await by(app, 'export/time/5')
    expect([asked, said]).toEqual([CHANGED_ROWS, await expectedOfAll(late())])
    expect(await sentBy('export/time/55')).toEqual(await expectedOfAll(early(), late()))
  })

  it("for Centra's seller sends what changed there and nothing of own stock", async () => {
    const route = (minutes: number) => `export/seller/${CENTRA_SELLER}/time/${minutes}`
    const [inEarly] = early()
    const [inLate] = late()
    expect(await sentBy(route(5))).toEqual(await expectedOfRows(app, inLate))
    expect(await sentBy(route(55))).toEqual(await expectedOfRows(app, [...inEarly, ...inLate]))
  })

  it('for seller 1 sends what changed in VTEX and asks Centra nothing', async () => {
    const { said, asked } = await by(app, 'export/seller/1/time/5')
    expect([asked, said]).toEqual([[], await expectedOf(app, late()[1])])
  })

  it('takes nothing away from updates', async () => {
    expect(await sentBy('update')).toEqual(await expectedOfAll(early(), late()))
    await expectAsTheSourcesSay(app)
  })
})

it('a report of a window says what of each source it was', async () => {
  const report = await app.exported('export/time/5')
  expect(report.sources.own?.offers.sent).toBe(2)
  expect(centraIn(report).offers).toMatchObject({ processed: 2, sent: 2, failed: 0 })
})
