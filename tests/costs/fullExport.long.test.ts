import type { Report } from '../../node/exports/report'
import { LONG_TEST_MS, Shop, type ShopOptions } from './shop'

const SKUS = 20_000
const MOST_CALLS_FOR_A_THOUSAND = 15
const DAY_MS = 86_400_000

jest.setTimeout(LONG_TEST_MS)

/** The second full export, a day after the first one. */
class SecondExport {
  private constructor(
    readonly report: Report,
    /** How many offers Intershop got. */
    readonly got: number,
    /** VBase calls for 1,000 SKUs that a source was asked for. */
    readonly callsForAThousand: number
  ) {}

  static async of(options: Omit<ShopOptions, 'skus'>): Promise<SecondExport> {
    const shop = new Shop({ skus: SKUS, vbaseMs: 20, ...options })
    await shop.install()
    await shop.export()
    await shop.rest(DAY_MS)
    shop.sent.clear()
    shop.documents.countAnew()
    const report = await shop.export()
    const { calls } = shop.documents.countAnew()
    return new SecondExport(report, shop.sent.size, (calls * 1_000) / report.skus.read)
  }
}

describe('a full export of 20,000 SKUs of own stock, read concurrently,', () => {
  it('makes at most 15 VBase calls for 1,000 SKUs', async () => {
    const { report, got, callsForAThousand } = await SecondExport.of({})
    expect([report.status, report.skus.read, got]).toEqual(['completed', SKUS, SKUS])
    expect(callsForAThousand).toBeLessThanOrEqual(MOST_CALLS_FOR_A_THOUSAND)
  })
})

describe.each([
  ['own stock', 'own', 1, 1],
  ['two other sellers', 'others', 1, 2],
  ['own stock and two other sellers', 'ownAndOthers', 2, 3],
] as const)(
  'a full export of 20,000 SKUs of %s, 250 SKUs a second',
  (_whose, sellers, sources, offers) => {
    let second: SecondExport

    beforeAll(async () => {
      second = await SecondExport.of({ sellers, skusASecond: 250 })
    })

    it('completes and sends every offer', () => {
      const { report, got } = second
      const all = ['completed', sources * SKUS, offers * SKUS]
      expect([report.status, report.skus.read, got]).toEqual(all)
    })

    it('makes at most 15 VBase calls for 1,000 SKUs that a source is asked for', () => {
      expect(second.callsForAThousand).toBeLessThanOrEqual(MOST_CALLS_FOR_A_THOUSAND)
    })
  }
)
