import { Shop } from './shop'

const SKUS = 40_000
/** 50 requests at a time that take 40 ms each. */
const SKUS_A_SECOND = 1_250
const DAY_MS = 86_400_000

it('reads the next batch while one is published: a full export has 0.92 of the SKUs that VTEX could answer for', async () => {
  const shop = new Shop({ skus: SKUS, vbaseMs: 20, skusASecond: SKUS_A_SECOND })
  await shop.install()
  await shop.export()
  await shop.rest(DAY_MS)
  const { status, acceptedAt, endedAt = '' } = await shop.export()
  const seconds = (Date.parse(endedAt) - Date.parse(acceptedAt)) / 1_000
  expect(status).toBe('completed')
  expect(SKUS / seconds / SKUS_A_SECOND).toBeGreaterThanOrEqual(0.92)
})
