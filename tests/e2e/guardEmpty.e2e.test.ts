import { App } from './support/app'
import {
  expectAllRight,
  exportOf,
  idsOf,
  NO_ZEROS,
  OTHER,
  onSale,
  quantities,
  STOCKED,
  stock,
  times,
  UNITS,
  untold,
  zerosOf,
} from './support/zeros'

const SKUS = 60
/** Offers of the other seller: so few that no share of them would be held. */
const SUPPLIED = 3

let app: App
let ids: number[]
let supplied: number[]

beforeAll(async () => {
  app = await App.start({ skus: SKUS, ...STOCKED })
  ids = idsOf(app)
  supplied = ids.slice(0, SUPPLIED)
  await onSale(app, { [OTHER]: supplied })
})

afterAll(() => app.stop())

/** An export that holds so many offers, and zeroes none. */
async function holds(route: string, held: number) {
  const report = await exportOf(app, route)
  expect([route, zerosOf(report)]).toEqual([
    route,
    { ...NO_ZEROS, status: 'completedWithErrors', held, named: held },
  ])
  expect(report.notes).toContainEqual(expect.stringContaining('?force=true'))
  return report
}

const ofOther = () => quantities(app, supplied, OTHER)

describe('an empty catalog list', () => {
  beforeAll(() => {
    app.commerce.catalog.unlisted.all = true
  })

  it.each(['export', 'export/start/1', 'export/seller/1'])(
    'has %s ask for each SKU that Intershop was sent: those that are there are sent as they are',
    async (route) => {
      const [first = 0] = ids
      untold(app, () => stock(app, first, 4))
      expect(zerosOf(await app.exported(route))).toEqual(NO_ZEROS)
      expect(quantities(app, ids)).toEqual([4, ...times(SKUS - 1, UNITS)])
      expect(ofOther()).toEqual(times(SUPPLIED, UNITS))
    }
  )

  it('that is whole again changes nothing', async () => {
    app.commerce.catalog.unlisted.all = false
    expect(zerosOf(await app.exported())).toEqual(NO_ZEROS)
    await expectAllRight(app)
  })
})

describe('a seller of which no SKU is met', () => {
  const { OTHER: seller } = { OTHER }

  it('has what each of its SKUs says, where they still name it', async () => {
    app.commerce.marketplace.setUnlisted(seller, { all: true })
    app.commerce.marketplace.bind(seller, supplied[0] ?? 0, { quantity: 6 })
    expect(zerosOf(await app.exported(`export/seller/${seller}`))).toEqual(NO_ZEROS)
    expect(ofOther()).toEqual([6, UNITS, UNITS])
    app.commerce.marketplace.setUnlisted(seller, { all: false })
    expect(zerosOf(await app.exported())).toEqual(NO_ZEROS)
    await expectAllRight(app)
  })

  it('has all its offers held where no SKU names it, however few, and none left with force=true', async () => {
    for (const id of supplied) app.commerce.marketplace.unbind(seller, id)
    await holds('export', SUPPLIED)
    await holds(`export/seller/${seller}`, SUPPLIED)
    expect(quantities(app, ids.slice(1))).toEqual(times(SKUS - 1, UNITS))
    expect(zerosOf(await app.exported('export?force=true'))).toEqual({
      ...NO_ZEROS,
      vanished: SUPPLIED,
    })
    expect(ofOther()).toEqual(times(SUPPLIED, 0))
    await expectAllRight(app)
  })
})

it('SKUs that are all gone are held, and 0 once force=true had each asked for', async () => {
  untold(app, () => {
    for (const id of ids) app.commerce.removeSku(id)
  })
  await holds('export', SKUS)
  expect(zerosOf(await app.exported('export?force=true'))).toEqual({ ...NO_ZEROS, vanished: SKUS })
  expect(quantities(app, ids)).toEqual(times(SKUS, 0))
  await expectAllRight(app)
  expect(zerosOf(await app.exported())).toEqual(NO_ZEROS)
})
