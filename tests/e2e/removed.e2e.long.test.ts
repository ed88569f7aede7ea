import { App } from './support/app'
import { untilTold } from './support/changes'
import { CALLS } from './support/marketplace'
import {
  expectAllRight,
  exportOf as exportOfApp,
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

const SKUS = 40
/** A seller that will be deactivated, with few SKUs. */
const CLOSING = '31'

let app: App
/** SKUs that no test has used yet; the other seller has them all. */
let fresh: number[]
/** SKUs of the seller that will be deactivated; no test takes them. */
let closing: number[]

beforeAll(async () => {
  const settings = { ...STOCKED.settings, sellers: `1,${OTHER},${CLOSING}` }
  app = await App.start({ skus: SKUS, settings })
  fresh = idsOf(app)
  closing = fresh.slice(1, 7)
  await onSale(app, { [OTHER]: fresh, [CLOSING]: closing })
})

afterAll(() => app.stop())

afterEach(() => app.platform.faults.clear())

/** A SKU for one test alone. */
const take = () => fresh.pop() ?? 0

const ofBoth = (skuId: number) => [...quantities(app, [skuId]), ...quantities(app, [skuId], OTHER)]

const exportOf = (route: string) => exportOfApp(app, route)

const remove = (skuId: number) => untold(app, () => app.commerce.removeSku(skuId))

describe('a deleted SKU', () => {
  it.each(['export', 'export/start/1'])('becomes 0 for all sellers with %s', async (route) => {
    const skuId = take()
    remove(skuId)
    expect(zerosOf(await exportOf(route))).toEqual({ ...NO_ZEROS, removed: 2 })
    expect(ofBoth(skuId)).toEqual([0, 0])
    await expectAllRight(app)
  })

  it.each([
    ['1', [0, UNITS]],
    [OTHER, [UNITS, 0]],
  ])(
    'becomes 0 for seller %s with an export of it, and for the others with a full one',
    async (seller, left) => {
      const skuId = take()
      remove(skuId)
      expect(zerosOf(await exportOf(`export/seller/${seller}`))).toEqual({
        ...NO_ZEROS,
        removed: 1,
      })
      expect(ofBoth(skuId)).toEqual(left)
      await exportOf('export')
      expect(ofBoth(skuId)).toEqual([0, 0])
      await expectAllRight(app)
    }
  )

  it('becomes 0 with a full export also if an update could not read it before', async () => {
    const skuId = take()
    app.commerce.removeSku(skuId)
    await untilTold(app)
    await exportOf('update')
    await exportOf('export')
    expect(ofBoth(skuId)).toEqual([0, 0])
    await expectAllRight(app)
  })

  it('gets sent as 0 only once', async () => {
    expect(zerosOf(await exportOf('export'))).toEqual(NO_ZEROS)
  })

  it('stays as it is if it is below startId', async () => {
    const skuId = fresh.shift() ?? 0
    remove(skuId)
    expect(zerosOf(await exportOf(`export/start/${skuId + 1}`))).toEqual(NO_ZEROS)
    expect(ofBoth(skuId)).toEqual([UNITS, UNITS])
    expect(zerosOf(await exportOf('export'))).toEqual({ ...NO_ZEROS, removed: 2 })
  })

  it('counts in a dry run and stays as it is', async () => {
    const skuId = take()
    remove(skuId)
    const dry = await exportOf('export?dryRun=true')
    expect([dry.files, zerosOf(dry)]).toEqual([0, { ...NO_ZEROS, removed: 2 }])
    expect(ofBoth(skuId)).toEqual([UNITS, UNITS])
    expect((await exportOf('export')).offers).toEqual(dry.offers)
    expect(ofBoth(skuId)).toEqual([0, 0])
  })
})

describe('a removed binding', () => {
  it.each(['export', `export/seller/${OTHER}`])(
    'becomes 0 for that seller alone with %s',
    async (route) => {
      const skuId = take()
      app.commerce.marketplace.unbind(OTHER, skuId)
      expect(zerosOf(await exportOf(route))).toEqual({ ...NO_ZEROS, removed: 1 })
      expect(ofBoth(skuId)).toEqual([UNITS, 0])
      await expectAllRight(app)
    }
  )
})

describe('a list with gaps', () => {
  afterEach(() => {
    app.commerce.catalog.unlisted.skus = []
    app.commerce.marketplace.setUnlisted(OTHER, { skus: [] })
  })

  it.each(['export', 'export/start/1', 'export/seller/1'])(
    'leaves a SKU its real quantity with %s',
    async (route) => {
      const skuId = take()
      untold(app, () => stock(app, skuId, 4))
      app.commerce.catalog.unlisted.skus = [skuId]
      expect(zerosOf(await exportOf(route))).toEqual(NO_ZEROS)
      expect(ofBoth(skuId)).toEqual([4, UNITS])
      await expectAllRight(app)
    }
  )

  it.each(['export', `export/seller/${OTHER}`])(
    "leaves another seller's offer its real quantity with %s",
    async (route) => {
      const skuId = take()
      app.commerce.marketplace.bind(OTHER, skuId, { quantity: 6 })
      app.commerce.marketplace.setUnlisted(OTHER, { skus: [skuId] })
      expect(zerosOf(await exportOf(route))).toEqual(NO_ZEROS)
      expect(ofBoth(skuId)).toEqual([UNITS, 6])
      await expectAllRight(app)
    }
  )
})

it('POST /export fails a removed offer that cannot be read, and sends nothing for it', async () => {
  const skuId = take()
  remove(skuId)
  const path = `stockkeepingunitbyid/${skuId}\\?`
  app.platform.faults.add({ ...CALLS.contexts, path, kind: 'status', status: 500 })
  const report = await exportOf('export')
  expect(zerosOf(report)).toEqual({ ...NO_ZEROS, status: 'completedWithErrors' })
  expect(report.offers.failed).toBe(2)
  const failed = { skuId, code: expect.stringMatching(/^upstream_/) }
  expect(report.failures).toContainEqual(expect.objectContaining(failed))
  expect(ofBoth(skuId)).toEqual([UNITS, UNITS])
  app.platform.faults.clear()
  expect(zerosOf(await exportOf('export'))).toEqual({ ...NO_ZEROS, removed: 2 })
  expect(ofBoth(skuId)).toEqual([0, 0])
})

it('POST /export sends 0 for all offers of a seller that is inactive in the register', async () => {
  app.commerce.marketplace.setSeller(CLOSING, false)
  const { status, offers, zeroed } = await exportOf('export')
  expect([status, offers.held]).toEqual(['completed', 0])
  expect(zeroed.read + zeroed.removed).toBe(closing.length)
  expect(quantities(app, closing, CLOSING)).toEqual(times(closing.length, 0))
  await expectAllRight(app)
})
