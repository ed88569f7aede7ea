import { OTHER_SELLERS, refIdOf } from './catalog'
import { LONG_TEST_MS, Shop } from './shop'

const SKUS = 10_000
const MINUTE_MS = 60_000
const UPDATE_EVERY_MS = 5 * MINUTE_MS
/** The default of the setting. */
const ROUND_MS = 240 * MINUTE_MS
const UPDATES_A_ROUND = ROUND_MS / UPDATE_EVERY_MS
/** The details of SKUs are cached: a full export would read a seventh of those that are so old again. */
const DAY_MS = 24 * 60 * MINUTE_MS

jest.setTimeout(LONG_TEST_MS)

/** Offers of other sellers of which Intershop has another quantity than VTEX. */
function wrong({ catalog, sent }: Shop): string[] {
  const skuIds = Array.from({ length: catalog.count }, (_, index) => catalog.skuId(index))
  return skuIds.flatMap((skuId) =>
    OTHER_SELLERS.map((sellerId) => `${refIdOf(skuId)}_${sellerId}`).filter(
      (offerSku) => sent.get(offerSku) !== catalog.quantity(skuId)
    )
  )
}

/** All offers of other sellers change, and nobody tells. */
function changeAll({ catalog }: Shop) {
  for (let index = 0; index < catalog.count; index++) catalog.sell(catalog.skuId(index))
}

/** Updates as scheduled: the scheduler is some seconds early or late. */
async function update(shop: Shop, times: number) {
  const reports = []
  for (let time = 1; time <= times; time++) {
    const next = Math.ceil((shop.time.now + 1) / UPDATE_EVERY_MS) * UPDATE_EVERY_MS
    const lateMs = ((time * 7) % 5) * 1_000
    await shop.rest(next + lateMs - shop.time.now)
    reports.push(await shop.export('update'))
  }
  return reports
}

describe('updates every five minutes, of 10,000 SKUs of two other sellers whose stock changes unreported,', () => {
  let shop: Shop

  beforeAll(async () => {
    shop = new Shop({ skus: SKUS, sellers: 'others', vbaseMs: 20, skusASecond: 250 })
    await shop.install()
    await shop.export('update')
    await shop.rest(DAY_MS)
    await update(shop, 5)
  })

  it('have every offer right within the time of the setting, with one request a SKU', async () => {
    expect(wrong(shop)).toEqual([])
    changeAll(shop)
    expect(wrong(shop)).toHaveLength(SKUS * OTHER_SELLERS.length)
    shop.catalog.requests = 0
    const reports = await update(shop, UPDATES_A_ROUND)
    expect(wrong(shop)).toEqual([])
    expect(shop.catalog.requests).toBeGreaterThanOrEqual(SKUS)
    expect(shop.catalog.requests).toBeLessThanOrEqual(SKUS * 1.05)
    const parts = reports.map(({ sellersRefresh }) => sellersRefresh?.skus ?? 0)
    // What the last part of a round lacks, the next one has.
    expect(Math.max(...parts)).toBeLessThanOrEqual((2 * SKUS) / UPDATES_A_ROUND)
    const ages = reports.map(({ sellersRefresh }) => sellersRefresh?.oldestAgeMinutes ?? 0)
    expect(Math.max(...ages)).toBeLessThanOrEqual(ROUND_MS / MINUTE_MS)
    expect(Math.max(...ages)).toBeGreaterThan((0.9 * ROUND_MS) / MINUTE_MS)
  })

  it('read pending changes first', async () => {
    await shop.sell([shop.catalog.skuId(0)])
    const [report] = await update(shop, 1)
    expect(report?.sellersRefresh?.skus).toBeGreaterThan(0)
    const committed = shop.documents
      .names('receipts')
      .filter((name) => name.endsWith('state=committed'))
    const sources = committed.slice(-2).map((name) => name.match(/source=(\w+)/)?.[1])
    expect(sources).toEqual(['sellers', 'sellersRefresh'])
  })
})

describe('the first update after a pause of half a day', () => {
  it('reads for two minutes at most, and the next ones the rest', async () => {
    const shop = new Shop({ skus: 4_000, sellers: 'others', vbaseMs: 20, skusASecond: 20 })
    await shop.install()
    await shop.export('update')
    await shop.rest(DAY_MS / 2)
    changeAll(shop)
    const began = shop.time.now
    const [first] = await update(shop, 1)
    const { skus = 0 } = first?.sellersRefresh ?? {}
    expect(skus).toBeGreaterThan(1_400)
    expect(skus).toBeLessThanOrEqual(2_400)
    const [second, third] = await update(shop, 2)
    // The third one begins the next round.
    const rest = [second, third].map((each) => each?.sellersRefresh?.skus ?? 0)
    expect(Math.min(...rest)).toBeGreaterThan(0)
    expect(rest.reduce((sum, each) => sum + each)).toBeLessThan(4_400 - skus)
    expect(shop.time.now - began).toBeLessThan(4 * UPDATE_EVERY_MS)
    expect(wrong(shop)).toEqual([])
  })
})
