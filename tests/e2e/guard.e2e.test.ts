import { sellOut } from '../../sandbox/world/commerce/flash-sale'
import type { App } from './support/app'
import { untilTold } from './support/changes'
import { sumOfOffers } from './support/report'
import { MINUTE, TimeMachine } from './support/timeMachine'
import {
  expectAllRight,
  idsOf,
  NO_ZEROS,
  OTHER,
  onSale,
  quantities,
  STOCKED,
  soldOut,
  stock,
  supply,
  times,
  UNITS,
  untold,
  zerosOf,
} from './support/zeros'

/** Own offers, all of them positive: 30 of them, the default, may be newly 0 in an hour. */
const SKUS = 100
/** Of the other seller: 12 of them would be 30 percent, and 20 may always be. */
const SUPPLIED = 40

let machine: TimeMachine
let app: App
let ids: number[]
let held: number

beforeAll(async () => {
  machine = await TimeMachine.start({ skus: SKUS, ...STOCKED })
  app = machine.app
  ids = idsOf(app)
  const { offers } = await onSale(app, { [OTHER]: ids.slice(-SUPPLIED) })
  expect(offers.sent).toBe(SKUS + SUPPLIED)
  held = ids[30] ?? 0
})

afterAll(() => machine.stop())

const isNamed = (skuId: number) => ({ skuId, sellerId: '1', offerSku: `${skuId}` })

it('POST /update sends all 25 offers of a flash sale in a large catalog', async () => {
  const flash = ids.slice(0, 25)
  await soldOut(app, flash)
  const report = await app.exported('update')
  expect(report.offers.processed).toBe(25)
  expect(zerosOf(report)).toEqual({ ...NO_ZEROS, read: 25 })
  expect(quantities(app, flash)).toEqual(times(25, 0))
})

it('POST /export sends 30 of 100 sold-out offers within an hour, counted over all exports', async () => {
  untold(app, () => sellOut(app.commerce, ids.slice(25, 30)))
  expect(zerosOf(await app.exported())).toEqual({ ...NO_ZEROS, read: 5 })
  expect(quantities(app, ids.slice(0, 30))).toEqual(times(30, 0))
  await expectAllRight(app)
})

it('POST /update holds the 31st offer, and names it in report, note and log', async () => {
  const [, more = 0] = ids.slice(30)
  stock(app, more, 77)
  await soldOut(app, [held])
  const report = await app.exported('update')
  expect(zerosOf(report)).toEqual({
    ...NO_ZEROS,
    ...{ status: 'completedWithErrors', held: 1, named: 1 },
  })
  expect(report.heldOffers).toEqual([isNamed(held)])
  expect(report.sources.own?.offers).toMatchObject({ held: 1, failed: 0 })
  expect(report.offers.processed).toBe(sumOfOffers(report))
  expect(report.notes).toContainEqual(
    expect.stringContaining('POST /_v/intershop/stock/held/release')
  )
  expect(await app.log()).toContain('offers.held')
  expect(quantities(app, [held, more])).toEqual([UNITS, 77])
})

it('POST /export/seller sends 20 of 40 sold-out offers of another source and holds the rest', async () => {
  const supplied = ids.slice(-SUPPLIED)
  for (const id of supplied.slice(0, 25)) app.commerce.marketplace.bind(OTHER, id, { quantity: 0 })
  const report = await app.exported(`export/seller/${OTHER}`)
  expect(zerosOf(report)).toMatchObject({ status: 'completedWithErrors', held: 5, read: 20 })
  expect(report.heldOffers).toHaveLength(5)
  const found = quantities(app, supplied, OTHER)
  expect(found.filter((quantity) => quantity === 0)).toHaveLength(20)
  expect(found.filter((quantity) => quantity === UNITS)).toHaveLength(20)
  const names = report.heldOffers.map(({ offerSku }) => offerSku)
  for (const name of names) expect(app.intershop.inventory.get(name)?.quantity).toBe(UNITS)
})

it('POST /export keeps offers held after the hour is over and others may go', async () => {
  const all = zerosOf(await app.exported())
  expect(all).toMatchObject({ status: 'completedWithErrors', held: 6, read: 0 })
  await machine.travel(61 * MINUTE)
  const others = ids.slice(40, 55)
  untold(app, () => sellOut(app.commerce, others))
  const report = await app.exported()
  expect(zerosOf(report)).toMatchObject({ held: 6, named: 6, read: 15 })
  expect(report.heldOffers).toContainEqual(isNamed(held))
  expect(quantities(app, others)).toEqual(times(15, 0))
  expect(quantities(app, [held])).toEqual([UNITS])
})

it('POST /export sends an offer that is back in stock and holds it no more', async () => {
  stock(app, held, 3)
  await untilTold(app)
  supply(app, OTHER, ids.slice(-SUPPLIED))
  expect(zerosOf(await app.exported())).toEqual(NO_ZEROS)
  expect(quantities(app, [held])).toEqual([3])
  await expectAllRight(app)
})
