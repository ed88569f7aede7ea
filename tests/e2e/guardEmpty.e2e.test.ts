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
  expect(report.notes).toContainEqual(expect.stringContaining('/held/release'))
  return report
}

const ofOther = () => quantities(app, supplied, OTHER)

describe('with an empty SKU list', () => {
  beforeAll(() => {
    app.commerce.catalog.unlisted.all = true
  })

  it.each(['export', 'export/start/1', 'export/seller/1'])(
    'POST /%s requests each SKU of the ledger and sends its real quantity',
    async (route) => {
      const [first = 0] = ids
      untold(app, () => stock(app, first, 4))
      expect(zerosOf(await app.exported(route))).toEqual(NO_ZEROS)
      expect(quantities(app, ids)).toEqual([4, ...times(SKUS - 1, UNITS)])
      expect(ofOther()).toEqual(times(SUPPLIED, UNITS))
    }
  )

  it('POST /export changes nothing once the list is complete again', async () => {
    app.commerce.catalog.unlisted.all = false
    expect(zerosOf(await app.exported())).toEqual(NO_ZEROS)
    await expectAllRight(app)
  })
})

describe('with no SKU of a seller in the list', () => {
  const { OTHER: seller } = { OTHER }

  it('POST /export/seller sends what each SKU says while it still names the seller', async () => {
    app.commerce.marketplace.setUnlisted(seller, { all: true })
    app.commerce.marketplace.bind(seller, supplied[0] ?? 0, { quantity: 6 })
    expect(zerosOf(await app.exported(`export/seller/${seller}`))).toEqual(NO_ZEROS)
    expect(ofOther()).toEqual([6, UNITS, UNITS])
    app.commerce.marketplace.setUnlisted(seller, { all: false })
    expect(zerosOf(await app.exported())).toEqual(NO_ZEROS)
    await expectAllRight(app)
  })

  it('POST /export holds all offers of an unbound seller, and force=true releases them', async () => {
    for (const id of supplied) app.commerce.marketplace.unbind(seller, id)
    await holds('export', SUPPLIED)
    await holds(`export/seller/${seller}`, SUPPLIED)
    expect(quantities(app, ids.slice(1))).toEqual(times(SKUS - 1, UNITS))
    expect(zerosOf(await app.exported('export?force=true'))).toEqual({
      ...NO_ZEROS,
      removed: SUPPLIED,
    })
    expect(ofOther()).toEqual(times(SUPPLIED, 0))
    await expectAllRight(app)
  })
})

it('POST /export holds all SKUs if all are deleted, and force=true sends them as 0', async () => {
  untold(app, () => {
    for (const id of ids) app.commerce.removeSku(id)
  })
  await holds('export', SKUS)
  expect(zerosOf(await app.exported('export?force=true'))).toEqual({ ...NO_ZEROS, removed: SKUS })
  expect(quantities(app, ids)).toEqual(times(SKUS, 0))
  await expectAllRight(app)
  expect(zerosOf(await app.exported())).toEqual(NO_ZEROS)
})
