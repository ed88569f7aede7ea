import { CENTRA_SELLER } from '../../sandbox/world/centra/access'
import { App } from './support/app'
import { ALL_ROWS, asksForRow, centraNow, companyOf, sellableRows, takeRow } from './support/centra'
import { expectAllRight, exportOf as exportOfApp, NO_ZEROS, zerosOf } from './support/zeros'

const SKUS = 300

let app: App
/** Rows that no test has used yet, with units to sell. */
let fresh: number[]

beforeAll(async () => {
  app = await App.start({ skus: SKUS, centra: true, settings: { skuIdentifier: 'skuId' } })
  fresh = await sellableRows(app, 14)
  await app.exported('update')
  await expectAllRight(app)
})

afterAll(() => app.stop())

afterEach(() => {
  app.platform.faults.clear()
  companyOf(app).behaviour.noProducts = false
})

/** A row for one test alone, and what Intershop has of it. */
const take = () => takeRow(app, fresh)

const exportOf = (route = 'export') => exportOfApp(app, route)

describe('POST /export and POST /update with a second row of one SKU', () => {
  /** A row that leads where a given one does. */
  function twinOf(row: number, more: { physicalStock?: number; active?: boolean } = {}): number {
    const ean = companyOf(app).row(row)?.ean
    if (!ean) throw new Error(`row ${row} has no EAN`)
    return companyOf(app).addRow({ sku: `TWIN-${row}`, ean, ...more }).stockItemId
  }
  const takeWithEan = async () => {
    for (;;) {
      const taken = await take()
      // An EAN that VTEX does not know leads a twin nowhere.
      const ean = companyOf(app).row(taken.row)?.ean
      if (ean && app.commerce.sku(taken.skuId)?.ean === ean) return taken
    }
  }
  const looksAt = (row: number) =>
    companyOf(app)
      .calls.all()
      .latest.filter((query) => new URLSearchParams(query).get('stockItemId') === `${row}`).length

  it.each(['export', 'update'])(
    'send the first row again once the second was deleted, with the next %s',
    async (route) => {
      const { row, quantity, held } = await takeWithEan()
      const twin = twinOf(row)
      const { unmapped } = await exportOf()
      expect(unmapped).toContainEqual(expect.objectContaining({ rowId: twin, code: 'ambiguous' }))
      expect(held()).toEqual([quantity])
      companyOf(app).removeRow(twin)
      companyOf(app).setStock(row, { physicalStock: 0, allocatedStock: 0 })
      companyOf(app).calls.reset()
      expect(zerosOf(await exportOf(route))).toEqual({ ...NO_ZEROS, read: 1 })
      expect([held(), looksAt(twin)]).toEqual([[0], 1])
      await expectAllRight(app)
    }
  )

  it.each(['export', 'update'])(
    'send a row that replaces a deleted one, with the next %s',
    async (route) => {
      const { row, held } = await takeWithEan()
      const again = twinOf(row, { physicalStock: 7 })
      companyOf(app).removeRow(row)
      for (let time = 0; time < 2; time++) {
        expect(zerosOf(await exportOf(route))).toEqual(NO_ZEROS)
        expect(held()).toEqual([7])
      }
      expect(companyOf(app).row(again)).toBeDefined()
      await expectAllRight(app)
    }
  )

  it('send the active row if the other one is inactive', async () => {
    const { row, quantity, held } = await takeWithEan()
    const twin = twinOf(row, { physicalStock: 7, active: false })
    const { unmapped } = await exportOf()
    expect(unmapped).toContainEqual(expect.objectContaining({ rowId: twin, code: 'inactive' }))
    expect(held()).toEqual([quantity])
    companyOf(app).setActive(row, false)
    companyOf(app).setActive(twin, true)
    expect(zerosOf(await exportOf('update'))).toEqual(NO_ZEROS)
    expect(held()).toEqual([7])
    companyOf(app).setActive(twin, false)
    expect(zerosOf(await exportOf())).toEqual({ ...NO_ZEROS, read: 1 })
    expect(held()).toEqual([0])
    await expectAllRight(app)
  })

  it('fail the first row if the second was deleted and cannot be read', async () => {
    const { row, quantity, held } = await takeWithEan()
    const twin = twinOf(row)
    await exportOf()
    companyOf(app).removeRow(twin)
    companyOf(app).sell(row, 1)
    app.platform.faults.add({ ...asksForRow(twin), kind: 'status', status: 500 })
    const report = await exportOf('update')
    expect(report.failures).toEqual([
      expect.objectContaining({ rowId: row, code: 'upstream_down' }),
    ])
    expect(held()).toEqual([quantity])
    app.platform.faults.clear()
    expect((await exportOf('update')).status).toBe('completed')
    expect(held()).toEqual([quantity - 1])
    await expectAllRight(app)
  })
})

it("POST /export holds all of Centra's offers if a successful response has no products", async () => {
  const { row, quantity, held } = await take()
  const inStock = (await centraNow(app)).filter((offer) => offer.quantity > 0).length
  companyOf(app).sell(row, 1)
  companyOf(app).behaviour.noProducts = true
  for (const route of ['export', `export/seller/${CENTRA_SELLER}`]) {
    companyOf(app).calls.reset()
    const report = await exportOf(route)
    const none = { ...NO_ZEROS, status: 'completedWithErrors' }
    expect(zerosOf(report)).toEqual({ ...none, held: inStock, named: inStock })
    // What is held counts as read, and no row of it is asked for.
    expect(report.sources.centra).toMatchObject({ status: 'complete', read: inStock })
    expect(Object.keys(companyOf(app).calls.all().byShape)).toEqual([ALL_ROWS])
  }
  expect(zerosOf(await exportOf('update'))).toMatchObject({ read: 0, removed: 0 })
  expect(held()).toEqual([quantity])
  companyOf(app).behaviour.noProducts = false
  expect(zerosOf(await exportOf())).toEqual(NO_ZEROS)
  expect(held()).toEqual([quantity - 1])
  await expectAllRight(app)
})
