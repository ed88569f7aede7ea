import { CENTRA_SELLER } from '../../sandbox/world/centra/access'
import { App } from './support/app'
import { asksForRow, companyOf, sellableRows, skusOfRows, takeRow } from './support/centra'
import { untilTold } from './support/changes'
import { heldOf } from './support/marketplace'
import { expectAllRight, exportOf as exportOfApp, NO_ZEROS, zerosOf } from './support/zeros'

const SKUS = 100

let app: App
/** Rows that no test has used yet, with units to sell. */
let fresh: number[]

beforeAll(async () => {
  app = await App.start({ skus: SKUS, centra: true, settings: { skuIdentifier: 'skuId' } })
  fresh = await sellableRows(app, 7)
  await app.exported('update')
  await expectAllRight(app)
})

afterAll(() => app.stop())

afterEach(() => {
  app.platform.faults.clear()
  companyOf(app).behaviour.unlisted = []
})

/** A row for one test alone, and what Intershop has of it. */
const take = () => takeRow(app, fresh)

const exportOf = (route = 'export') => exportOfApp(app, route)

it.each(['export', `export/seller/${CENTRA_SELLER}`, 'export/start/1'])(
  'POST /%s sends 0 for a deleted Centra row',
  async (route) => {
    const { row, held } = await take()
    companyOf(app).removeRow(row)
    expect(zerosOf(await exportOf(route))).toEqual({ ...NO_ZEROS, removed: 1 })
    expect(held()).toEqual([0])
    await expectAllRight(app)
  }
)

it('POST /export sends the real quantity of a row that no page contains', async () => {
  const { row, quantity, held } = await take()
  companyOf(app).sell(row, 2)
  companyOf(app).behaviour.unlisted = [row]
  expect(zerosOf(await exportOf())).toEqual(NO_ZEROS)
  expect(held()).toEqual([quantity - 2])
  await expectAllRight(app)
})

it('POST /export sends 0 for the old SKU of a row and its quantity for the new one', async () => {
  const { row, quantity, held } = await take()
  const company = companyOf(app)
  const taken = new Set(skusOfRows(app).values())
  const other = [...app.commerce.catalog.ids()].find((id) => {
    const sku = app.commerce.sku(id)
    return sku?.ean && sku.active && sku.productActive && !taken.has(id)
  })
  company.setEan(row, app.commerce.sku(other ?? 0)?.ean ?? '')
  expect((await exportOf()).status).toBe('completed')
  expect(held()).toEqual([0])
  expect(heldOf(app, [`${other}_${CENTRA_SELLER}`])).toEqual([quantity])
  await expectAllRight(app)
})

it('POST /export fails a missing row that cannot be read, and sends nothing for it', async () => {
  const { row, quantity, held } = await take()
  companyOf(app).removeRow(row)
  app.platform.faults.add({ ...asksForRow(row), kind: 'status', status: 500 })
  const report = await exportOf()
  expect(zerosOf(report)).toEqual({ ...NO_ZEROS, status: 'completedWithErrors' })
  expect(report.failures).toHaveLength(1)
  expect(held()).toEqual([quantity])
  app.platform.faults.clear()
  expect(zerosOf(await exportOf())).toEqual({ ...NO_ZEROS, removed: 1 })
  expect(held()).toEqual([0])
})

it('POST /export sends 0 for a deleted SKU though its row still exists', async () => {
  const { skuId, held } = await take()
  app.commerce.removeSku(skuId)
  await untilTold(app)
  const { status, zeroed } = await exportOf()
  expect([status, zeroed.removed]).toEqual(['completed', 2])
  expect(held()).toEqual([0])
  await expectAllRight(app)
})
