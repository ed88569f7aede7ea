import { CENTRA_SELLER } from '../../sandbox/world/centra/access'
import type { App } from './support/app'
import {
  by,
  CHANGED_ROWS,
  centraIn,
  expectAsTheSourcesSay,
  expectedOfRows,
  ofCentra,
  sellRows,
  together,
} from './support/centra'
import { startCentraShop } from './support/centraShop'
import { broughtBy, expectedNow, expectedOf, sold } from './support/changes'
import { MINUTE, type TimeMachine } from './support/timeMachine'

let machine: TimeMachine
let app: App
/** Rows and SKUs to sell of, each in a test of its own. */
let rows: number[]
let ids: number[]

beforeAll(async () => {
  ;({ machine, app, rows, ids } = await startCentraShop())
})

afterAll(() => machine.stop())

const sentBy = async (route: string) => (await by(app, route)).said

/** Sells a unit of each row at the workers' time. */
const soldInCentra = (some: readonly number[]) => sellRows(app, some, machine.now)

describe('POST /export/time/:minutes as a superset', () => {
  it("reads only the window's changes of Centra, though it reads all own stock", async () => {
    soldInCentra(rows.slice(0, 2))
    const { said, asked } = await by(app, 'export/time/5')
    expect(asked).toEqual(CHANGED_ROWS)
    expect(ofCentra(said)).toEqual(await expectedOfRows(app, rows.slice(0, 2)))
    expect(said.length).toBe((await expectedNow(app)).length + 2)
  })
})

describe('POST /export/time/:minutes', () => {
  const early = () => [rows.slice(0, 2), ids.slice(0, 2)] as const
  const late = () => [rows.slice(2, 4), ids.slice(2, 4)] as const
  const allExpectedOffers = async (...some: ReadonlyArray<readonly [number[], number[]]>) => {
    const offers = some.map(async ([inCentra, own]) =>
      together(await expectedOfRows(app, inCentra), await expectedOf(app, own))
    )
    return together(...(await Promise.all(offers)))
  }

  it('sends what changed in the window in both sources, and nothing older', async () => {
    await app.exported('update')
    await machine.travel(60 * MINUTE)
    soldInCentra(early()[0])
    await sold(app, early()[1])
    await machine.travel(40 * MINUTE)
    soldInCentra(late()[0])
    await sold(app, late()[1])
    await machine.travel(MINUTE)
    const { said, asked } = await by(app, 'export/time/5')
    expect([asked, said]).toEqual([CHANGED_ROWS, await allExpectedOffers(late())])
    expect(await sentBy('export/time/55')).toEqual(await allExpectedOffers(early(), late()))
  })

  it("sends only Centra's changes for Centra's seller", async () => {
    const route = (minutes: number) => `export/seller/${CENTRA_SELLER}/time/${minutes}`
    const [inEarly] = early()
    const [inLate] = late()
    expect(await sentBy(route(5))).toEqual(await expectedOfRows(app, inLate))
    expect(await sentBy(route(55))).toEqual(await expectedOfRows(app, [...inEarly, ...inLate]))
  })

  it("sends VTEX's changes for seller 1, and requests nothing from Centra", async () => {
    const { said, asked } = await by(app, 'export/seller/1/time/5')
    expect([asked, said]).toEqual([[], await expectedOf(app, late()[1])])
  })

  it('acknowledges no changes of the next update', async () => {
    // It reads all of it, and Intershop has it already.
    const left = { processed: 4, sent: 0, unchanged: 4 }
    const said = await broughtBy(app, async () => {
      const { status, sources } = await app.exported('update')
      expect(status).toBe('completed')
      expect(sources.own?.offers).toMatchObject(left)
      expect(sources.centra?.offers).toMatchObject(left)
    })
    expect(said).toEqual([])
    await expectAsTheSourcesSay(app)
  })
})

it('GET /exports/:exportId reports the counts of a window by source', async () => {
  const report = await app.exported('export/time/5')
  expect(report.sources.own?.offers.sent).toBe(2)
  expect(centraIn(report).offers).toMatchObject({ processed: 2, sent: 2, failed: 0 })
})
