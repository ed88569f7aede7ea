import { sellOut } from '../../sandbox/world/commerce/flash-sale'
import { App } from './support/app'
import type { Said } from './support/changes'
import {
  expectAllRight,
  exportAndSaid,
  idsOf,
  NO_ZEROS,
  OTHER,
  onSale,
  quantities,
  STOCKED,
  supply,
  times,
  UNITS,
  untold,
  zerosOf,
} from './support/zeros'

const SKUS = 100
/** Of them half may be newly 0 in an hour, by the setting. */
const ALLOWED = 50
const SOLD_OUT = 60

let app: App
let ids: number[]
/** Sold out, and held. */
let held: number[]

beforeAll(async () => {
  const settings = { ...STOCKED.settings, maxNewlyZeroPercent: 50 }
  app = await App.start({ skus: SKUS, settings })
  ids = idsOf(app)
  await onSale(app)
})

afterAll(() => app.stop())

const exportOf = (route: string) => exportAndSaid(app, route)
const zeroSaid = (said: readonly Said[]) => said.filter(([, quantity]) => quantity === 0).length

/** What later exports go by. */
const STATE = ['ledger', 'generations', 'pending', 'changes', 'checkpoints']
const state = async () =>
  (await Promise.all(STATE.map((folder) => app.platform.vbase.files(folder)))).flat()

it('POST /export?dryRun=true reports what would be sent as 0 and held, and changes nothing', async () => {
  untold(app, () => sellOut(app.commerce, ids.slice(0, SOLD_OUT)))
  const before = await state()
  const { report: dry, said } = await exportOf('export?dryRun=true')
  expect(zerosOf(dry)).toMatchObject({ read: ALLOWED, held: SOLD_OUT - ALLOWED })
  expect([dry.offers.sent, dry.files, said]).toEqual([SKUS - (SOLD_OUT - ALLOWED), 0, []])
  expect(await state()).toEqual(before)
  expect(quantities(app, ids)).toEqual(times(SKUS, UNITS))
})

it('POST /export sends as many zeros as maxNewlyZeroPercent allows and the dry run said', async () => {
  const { report, said } = await exportOf('export')
  expect(zerosOf(report)).toMatchObject({ read: ALLOWED, held: SOLD_OUT - ALLOWED })
  expect(report.status).toBe('completedWithErrors')
  expect(zeroSaid(said)).toBe(ALLOWED)
  held = report.heldOffers.map(({ skuId }) => skuId).sort((a, b) => a - b)
  expect(quantities(app, held)).toEqual(times(SOLD_OUT - ALLOWED, UNITS))
})

it('POST /export keeps offers held on every route though nothing else is newly 0', async () => {
  for (const route of ['export', 'export/start/1', 'export/seller/1']) {
    const { report, said } = await exportOf(route)
    expect([route, report.offers.held, zeroSaid(said)]).toEqual([route, held.length, ALLOWED])
  }
  expect(quantities(app, held)).toEqual(times(held.length, UNITS))
})

it('POST /export/start?force=true releases held offers of its route and no others', async () => {
  const start = held[4] ?? 0
  const { report } = await exportOf(`export/start/${start}?force=true`)
  expect(zerosOf(report)).toEqual({ ...NO_ZEROS, read: held.length - 4 })
  const [before, after] = [held.slice(0, 4), held.slice(4)]
  expect(quantities(app, after)).toEqual(times(after.length, 0))
  expect(quantities(app, before)).toEqual(times(4, UNITS))
  held = before
})

it('POST /update?force=true&dryRun=true reports what would be released, and releases nothing', async () => {
  const { report, said } = await exportOf('update?force=true&dryRun=true')
  expect(zerosOf(report)).toEqual({ ...NO_ZEROS, read: held.length })
  expect(said).toEqual([])
  expect(quantities(app, held)).toEqual(times(held.length, UNITS))
})

it('POST /update?force=true also reads all held offers, without a reported change', async () => {
  const { report, said } = await exportOf('update?force=true')
  expect(zerosOf(report)).toEqual({ ...NO_ZEROS, read: held.length })
  expect(said).toEqual(held.map((id): Said => [`${id}`, 0]).sort())
  await expectAllRight(app)
  const next = await exportOf('update?force=true')
  expect([next.report.skus.planned, next.said]).toEqual([0, []])
})

it('POST /export/seller?force=true releases zeros of that seller and none of own stock', async () => {
  supply(app, OTHER, ids)
  await app.exported(`export/seller/${OTHER}`)
  for (const id of ids) app.commerce.marketplace.bind(OTHER, id, { active: false })
  const last = ids.slice(SOLD_OUT)
  untold(app, () => sellOut(app.commerce, last))
  const { report } = await exportOf(`export/seller/${OTHER}?force=true`)
  expect(zerosOf(report)).toEqual({ ...NO_ZEROS, read: SKUS })
  expect(quantities(app, ids, OTHER)).toEqual(times(SKUS, 0))
  expect(quantities(app, last)).toEqual(times(last.length, UNITS))
})
