import { LONG_TEST_MS, Shop } from './shop'

const KILLED_EVERY_MS = 45_000
const HOUR_MS = 3_600_000

jest.setTimeout(LONG_TEST_MS)

describe('a full export of 20,000 SKUs at 20 list pages a minute, with workers killed every 45 s,', () => {
  const shop = new Shop({ skus: 20_000, vbaseMs: 20, pagesAMinute: 20, skusASecond: 100 })
  let exportId: string

  beforeAll(async () => {
    await shop.install()
    shop.killEvery(KILLED_EVERY_MS)
    exportId = await shop.post('export')
    await endOf(shop, exportId)
  })

  it('survives more than one killed worker', () => {
    expect(shop.deaths).toBeGreaterThan(1)
  })

  it('completes within an hour with every offer right', () => {
    expect(shop.report(exportId)?.status).toBe('completed')
    expect(wrongOffers(shop)).toBe(0)
  })
})

it('updates read 100,000 pending documents, 5,000 each, though workers are killed every 45 s', async () => {
  const shop = new Shop({ skus: 5_000, vbaseMs: 20, skusASecond: 250 })
  await shop.install()
  await shop.export('update')
  for (let change = 0; change < 100_000; change++) {
    await shop.sell([shop.catalog.skuId((change * 7_919) % shop.catalog.count)])
    shop.time.now += 10
  }
  shop.killEvery(KILLED_EVERY_MS)
  const left = [100_000]
  for (let update = 0; update < 24 && left[0] !== 0; update++) {
    const exportId = await shop.post('update')
    await endOf(shop, exportId)
    expect(shop.report(exportId)?.status).toBe('completed')
    left.unshift(shop.documents.names('pending').length)
    expect((left[1] ?? 0) - (left[0] ?? 0)).toBeLessThanOrEqual(5_000)
  }
  expect(left[0]).toBe(0)
  expect(shop.deaths).toBeGreaterThan(10)
  expect(wrongOffers(shop)).toBe(0)
})

/** Lets time pass until an export ended, an hour at most. */
async function endOf(shop: Shop, exportId: string): Promise<void> {
  const deadline = shop.time.now + HOUR_MS
  await shop.time.playUntil(() => shop.report(exportId) !== undefined || shop.time.now > deadline)
}

/** How many offers Intershop has another quantity of than the shop. */
function wrongOffers({ catalog, sent }: Shop): number {
  const ids = Array.from({ length: catalog.count }, (_, index) => catalog.skuId(index))
  return ids.filter((skuId) => sent.get(`R${skuId}`) !== catalog.quantity(skuId)).length
}
