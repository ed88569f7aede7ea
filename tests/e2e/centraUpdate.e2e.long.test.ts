import { CENTRA_SELLER } from '../../sandbox/world/centra/access'
import type { App } from './support/app'
import {
  ALL_ROWS,
  by,
  CHANGED_ROWS,
  centraIn,
  expectAsTheSourcesSay,
  expectedOfBoth,
  expectedOfRows,
  forgetChanges,
  sellRows,
  together,
} from './support/centra'
import { startCentraShop } from './support/centraShop'
import { expectedOf, sold } from './support/changes'
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

describe('POST /update', () => {
  it('sends all offers of both sources the first time', async () => {
    const { said, asked } = await by(app, 'update')
    expect(asked).toEqual([ALL_ROWS])
    expect(said).toEqual(await expectedOfBoth(app))
    await expectAsTheSourcesSay(app)
  })

  it("requests only Centra's changes from then on, and sends a sale in Centra", async () => {
    await machine.travel(20 * MINUTE)
    // What changed less than ten minutes before the first.
    await sentBy('update')
    soldInCentra(rows.slice(0, 3))
    const { said, asked } = await by(app, 'update')
    expect(asked).toEqual(CHANGED_ROWS)
    expect(said).toEqual(await expectedOfRows(app, rows.slice(0, 3)))
    await expectAsTheSourcesSay(app)
  })

  it('reads a change two more times and leaves it out as unchanged', async () => {
    const seen = []
    for (let update = 0; update < 4; update++) {
      await machine.travel(20 * MINUTE)
      const { read, offers } = centraIn(await app.exported('update'))
      seen.push([read, offers.sent, offers.unchanged])
    }
    expect(seen).toEqual([
      [3, 0, 3],
      [3, 0, 3],
      [3, 0, 3],
      [0, 0, 0],
    ])
  })

  it('sends changes of VTEX and Centra together', async () => {
    await forgetChanges(machine)
    soldInCentra(rows.slice(3, 5))
    await sold(app, ids.slice(0, 2))
    const expected = [
      await expectedOfRows(app, rows.slice(3, 5)),
      await expectedOf(app, ids.slice(0, 2)),
    ]
    expect(await sentBy('update')).toEqual(together(...expected))
    await expectAsTheSourcesSay(app)
  })

  it('sends a sale that happens while it runs, or leaves it to the next update', async () => {
    const [row = 0] = rows
    const id = await app.accepted('update')
    for (let sale = 0; sale < 5; sale++) soldInCentra([row])
    await app.ended(id)
    await app.exported('update')
    await expectAsTheSourcesSay(app)
  })

  it.each([
    ['export', 0],
    [`export/seller/${CENTRA_SELLER}`, 0],
    ['export/start/1', 1],
    ['export/time/60', 1],
    [`export/seller/${CENTRA_SELLER}/time/60`, 1],
  ])(
    'reads earlier changes two times after %s, and a third time (%i) if that was no full read',
    async (route, third) => {
      await forgetChanges(machine)
      const [, row = 0] = rows
      soldInCentra([row])
      await machine.travel(20 * MINUTE)
      await app.exported(route)
      const reads = []
      for (let update = 0; update < 3; update++) {
        reads.push(centraIn(await app.exported('update')).read)
      }
      expect(reads).toEqual([1, 1, third])
      await expectAsTheSourcesSay(app)
    }
  )

  it('reads all of Centra again after a change of safetyStock', async () => {
    await app.configure({ safetyStock: 2 })
    const { said, asked } = await by(app, 'update')
    expect([asked, said]).toEqual([[ALL_ROWS], await expectedOfBoth(app)])
    await app.configure({})
    await app.exported('update')
    await expectAsTheSourcesSay(app)
  })
})
