import type { App } from './support/app'
import { broughtBy, type Said, sorted, untilTold } from './support/changes'
import { MINUTE, TimeMachine } from './support/timeMachine'
import { expectAllRight, idsOf, onSale, stock, UNITS } from './support/zeros'

/** Longer than any test lasts. */
const LAG = 60 * MINUTE
/** After which VTEX's index shows every change. */
const SHOWN = 16 * MINUTE

let machine: TimeMachine
let app: App
let fresh: number[]

beforeAll(async () => {
  machine = await TimeMachine.start({ skus: 12 })
  app = machine.app
  await onSale(app)
  fresh = idsOf(app)
})

afterAll(() => machine.stop())

const sentByUpdate = () => broughtBy(app, () => app.exported('update'))

/** Has the catalog show what changes only when all is over, and answers what an update sends before and after. */
async function shownLate(change: () => void) {
  const { index } = app.commerce
  // What was told only just is told again, to be sure.
  await machine.travel(30 * MINUTE)
  index.lag = LAG
  change()
  await untilTold(app)
  const before = await sentByUpdate()
  await machine.travel(SHOWN)
  index.lag = 0
  return { before, after: await sentByUpdate() }
}

it('POST /update sends 0 under an old reference only once the catalog shows the new one', async () => {
  const [skuId = 0] = fresh.splice(0, 1)
  const name = app.commerce.sku(skuId)?.refId ?? ''
  const { before, after } = await shownLate(() => app.commerce.setRefId(skuId, `NEW-${skuId}`))
  expect(before).toEqual([])
  expect(after).toEqual(sorted([[name, 0] as Said, [`NEW-${skuId}`, UNITS] as Said]))
  await expectAllRight(app)
})

it('POST /update sends no 0 for swapped references that the catalog shows late', async () => {
  const [a = 0, b = 0] = fresh.splice(0, 2)
  const [nameOfA = '', nameOfB = ''] = [a, b].map((id) => app.commerce.sku(id)?.refId)
  stock(app, b, 6)
  await untilTold(app)
  await app.exported('update')
  const { before, after } = await shownLate(() => {
    app.commerce.setRefId(a, nameOfB)
    app.commerce.setRefId(b, nameOfA)
  })
  expect(before).toEqual([])
  expect(after).toEqual(sorted([[nameOfA, 6] as Said, [nameOfB, UNITS] as Said]))
  await expectAllRight(app)
})
