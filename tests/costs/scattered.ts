import type { Report } from '../../node/exports/report'
import type { Tally } from './countedDocuments'
import { Shop } from './shop'

const CHANGES = 100

/** An update of 100 changes, scattered among so many SKUs, after a full export and some idle updates. */
async function updateOfScatteredChanges(skus: number): Promise<{ report: Report; tally: Tally }> {
  const shop = new Shop({ skus, vbaseMs: 20 })
  await shop.install()
  await shop.export('update')
  for (let idle = 0; idle < 3; idle++) {
    await shop.rest(300_000)
    await shop.export('update')
  }
  const indexes = Array.from({ length: CHANGES }, (_, each) => each * (skus / CHANGES) + (each % 7))
  await shop.sell(indexes.map((index) => shop.catalog.skuId(index)))
  shop.documents.countAnew()
  const report = await shop.export('update')
  return { report, tally: shop.documents.countAnew() }
}

/** Declares the tests. */
export function scatteredChanges(skus: number, timeout: number) {
  describe(`an update of 100 changes scattered among ${skus} SKUs`, () => {
    let found: Awaited<ReturnType<typeof updateOfScatteredChanges>>

    beforeAll(async () => {
      found = await updateOfScatteredChanges(skus)
    }, timeout)

    it('completes and sends the 100 offers', () => {
      const { status, offers } = found.report
      expect([status, offers.sent]).toEqual(['completed', CHANGES])
    })

    it('writes no shard of the ledger', () => {
      expect(found.tally.callsOf('save', 'ledger')).toBe(0)
    })

    it('reads under 5 MB', () => {
      expect(found.tally.bytesRead).toBeLessThan(5_000_000)
    })
  })
}
