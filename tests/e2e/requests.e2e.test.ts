import { expectedOwnOffers } from '../../sandbox/comparison/own-stock'
import { comparisonSettings } from '../../sandbox/comparison/settings'
import { COMMERCE_HOST } from '../../sandbox/world/commerce/api/listener'
import { App } from './support/app'

const SKUS = 600

let app: App

beforeAll(async () => {
  app = await App.start({ skus: SKUS })
})

afterAll(() => app.stop())

/** Calls to VTEX of one full export, and how many of them asked for a SKU's stock. */
async function callsOfAnExport() {
  const { requests } = app.platform
  requests.reset()
  const stockBefore = app.commerce.stockReads
  const report = await app.exported()
  expect(report.status).toBe('completed')
  return { calls: requests.total(COMMERCE_HOST), stock: app.commerce.stockReads - stockBefore }
}

it('POST /export requests the stock of each SKU and little else the second time', async () => {
  const first = await callsOfAnExport()
  expect(first.calls).toBeGreaterThan(2 * SKUS)
  const second = await callsOfAnExport()
  expect(second.calls).toBeLessThanOrEqual((1 + 1 / 7 + 0.02) * SKUS)
  const settings = comparisonSettings(await app.platform.settings.read())
  const inStock = [...expectedOwnOffers(app.commerce, settings)].filter(
    ({ quantity }) => quantity > 0
  )
  expect(second.stock).toBeGreaterThanOrEqual(inStock.length)
  expect(await app.sandbox.compare()).toMatchObject({ differing: 0, missing: 0 })
})

it('POST /export reuses cached details though workers are killed meanwhile', async () => {
  const id = await app.accepted()
  app.platform.replicas.killAll()
  expect((await app.ended(id)).status).toBe('completed')
  await app.intershop.idle()
  expect(await app.sandbox.compare()).toMatchObject({ differing: 0, missing: 0 })
})
