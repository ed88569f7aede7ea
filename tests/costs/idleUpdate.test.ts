import type { Report } from '../../node/exports/report'
import { Shop } from './shop'

describe('an update without pending changes, of 2,000 SKUs of two other sellers,', () => {
  it('makes at most 40 VBase calls for their refresh, and 25 where it is not due', async () => {
    const shop = new Shop({ skus: 2_000, sellers: 'ownAndOthers', vbaseMs: 20 })
    await shop.install()
    await shop.export('update')
    await shop.rest(300_000)
    for (const [skus, calls] of [
      [44, 40],
      [undefined, 25],
    ] as const) {
      shop.documents.countAnew()
      const { sellersRefresh } = await shop.export('update')
      expect(sellersRefresh?.skus).toBe(skus)
      expect(shop.documents.countAnew().calls).toBeLessThanOrEqual(calls)
    }
  })
})

describe.each([
  ['without Centra', false],
  ['with Centra', true],
])('an update without pending changes, of 2,000 SKUs, %s', (_with, centra) => {
  let report: Report
  /** VBase calls from its acceptance until no event is left. */
  let calls: number

  beforeAll(async () => {
    const shop = new Shop({ skus: 2_000, centra, vbaseMs: 20 })
    await shop.install()
    await shop.export('update')
    await shop.rest(300_000)
    shop.documents.countAnew()
    report = await shop.export('update')
    calls = shop.documents.countAnew().calls
  })

  it('completes and reads no offer', () => {
    expect([report.status, report.offers.processed]).toEqual(['completed', 0])
  })

  it('makes at most 25 VBase calls', () => {
    expect(calls).toBeLessThanOrEqual(25)
  })
})
