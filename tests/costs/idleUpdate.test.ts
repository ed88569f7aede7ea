import type { Report } from '../../node/exports/report'
import { Shop } from './shop'

describe.each([
  ['without Centra', false, 25],
  // Its rows that changed are asked for in a batch of their own.
  ['with Centra', true, 35],
])('an update without pending changes, of 2,000 SKUs, %s', (_with, centra, most) => {
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

  it(`makes at most ${most} VBase calls`, () => {
    expect(calls).toBeLessThanOrEqual(most)
  })
})
