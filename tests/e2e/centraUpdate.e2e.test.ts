import { CENTRA_SELLER } from '../../sandbox/world/centra/settings'
import type { App } from './support/app'
import {
  ALL_ROWS,
  by,
  CHANGED_ROWS,
  centraIn,
  expectAsTheSourcesSay,
  expectedOfBoth,
  expectedOfRows,
  ofCentra,
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

describe('update', () => {
  it('the first sends everything of both sources', async () => {
    const { said, asked } = await by(app, 'update')
    expect(asked).toEqual([ALL_ROWS])
    expect(said).toEqual(await expectedOfBoth(app))
    await expectAsTheSourcesSay(app)
  })

  it('the next asks Centra for what changed since, and a sale there reaches Intershop by it', async () => {
    await machine.travel(20 * MINUTE)
    // What changed less than ten minutes before the first.
    await sentBy('update')
    soldInCentra(rows.slice(0, 3))
    const { said, asked } = await by(app, 'update')
    expect(asked).toEqual(CHANGED_ROWS)
    expect(said).toEqual(await expectedOfRows(app, rows.slice(0, 3)))
    await expectAsTheSourcesSay(app)
  })

  it('one right after reads what changed in the ten minutes before it once more, and sends it or leaves it out', async () => {
    const { read } = centraIn(await app.exported('update'))
    expect(read).toBe(3)
    await machine.travel(20 * MINUTE)
    expect(centraIn(await app.exported('update'))).toMatchObject({
      read: 3,
      offers: { sent: 0, unchanged: 3 },
    })
    expect(centraIn(await app.exported('update')).read).toBe(0)
  })

  it('sends what changed in VTEX and what changed in Centra together', async () => {
    soldInCentra(rows.slice(3, 5))
    await sold(app, ids.slice(0, 2))
    const expected = [
      await expectedOfRows(app, rows.slice(3, 5)),
      await expectedOf(app, ids.slice(0, 2)),
    ]
    expect(await sentBy('update')).toEqual(together(...expected))
    await expectAsTheSourcesSay(app)
  })

  it('a sale while it runs is in it or in the next', async () => {
    const [row = 0] = rows
    const id = await app.accepted('update')
    for (let sale = 0; sale < 5; sale++) soldInCentra([row])
    await app.ended(id)
    await app.exported('update')
    await expectAsTheSourcesSay(app)
  })

  it('after an export of everything asks for what changed since that', async () => {
    await machine.travel(30 * MINUTE)
    await app.exported()
    expect(await sentBy('update')).toEqual([])
    soldInCentra(rows.slice(5))
    expect(await by(app, 'update')).toEqual({
      said: await expectedOfRows(app, rows.slice(5)),
      asked: CHANGED_ROWS,
    })
  })

  it("after an export of Centra's seller too", async () => {
    await machine.travel(30 * MINUTE)
    await app.exported(`export/seller/${CENTRA_SELLER}`)
    expect(await sentBy('update')).toEqual([])
  })

  it.each(['export/start/1', 'export/time/60', `export/seller/${CENTRA_SELLER}/time/60`])(
    'after %s, which is not all there is, asks for what changed since it asked last',
    async (route) => {
      const [, row = 0] = rows
      await machine.travel(30 * MINUTE)
      await app.exported('update')
      soldInCentra([row])
      await machine.travel(30 * MINUTE)
      await app.exported(route)
      expect(ofCentra(await sentBy('update'))).toEqual(await expectedOfRows(app, [row]))
    }
  )

  it('with another safetyStock reads all of Centra again', async () => {
    await app.configure({ safetyStock: 2 })
    const { said, asked } = await by(app, 'update')
    expect([asked, said]).toEqual([[ALL_ROWS], await expectedOfBoth(app)])
    await app.configure({})
    await app.exported('update')
    await expectAsTheSourcesSay(app)
  })
})
