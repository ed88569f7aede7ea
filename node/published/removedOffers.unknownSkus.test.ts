import { UpstreamError } from '../common/upstreamError'
import type { SkuReading, SkuSource } from '../sources/source'
import type { Entry } from './entry'
import { withRemoved } from './removedOffers'

const entry: Entry = {
  ...{ sellerId: '1', offerSku: 'R3', quantity: 1, version: 1 },
  ...{ publishedUnder: 'm', isCertain: true },
}

/** A ledger that has SKU 3; a catalog that knows SKU 2; a source whose readings say what was read. */
function setUp(kind: 'missing' | 'down' = 'missing', failures: SkuReading['failures'] = []) {
  const asked: number[] = []
  const read: number[] = []
  const published = { entries: (skuId: number) => (skuId === 3 ? [entry] : []) }
  const source: Pick<SkuSource, 'open' | 'concurrency'> = {
    concurrency: 1,
    open: async () => ({
      close: async () => undefined,
      read: async (skuId) => {
        read.push(skuId)
        return { offers: [], failures }
      },
    }),
  }
  const skuDetails = async (skuId: number) => {
    asked.push(skuId)
    if (skuId === 2) return { skuId, isActive: true }
    throw new UpstreamError('VTEX catalog', kind, 'status ...')
  }
  const around = { published, skuDetails, isAsked: () => false, now: () => 1 }
  return { asked, read, source, around }
}

describe('withRemoved, of unverified SKUs,', () => {
  async function readAll(kind?: 'missing' | 'down') {
    const { asked, read, source, around } = setUp(kind)
    const ids = [1, 2, 3, 4]
    const reader = await withRemoved(source, { ...around, unverified: [1, 2, 3] }).open({ ids })
    const unknown: number[] = []
    for (const id of ids) unknown.push(...[(await reader.read(id)).unknown ?? []].flat())
    return { asked, read, unknown }
  }

  it('skips one that the catalog answers with 404 and the ledger does not have', async () => {
    expect(await readAll()).toEqual({ asked: [1, 2], read: [2, 3, 4], unknown: [1] })
  })

  it('leaves listing and admission of the source as they are', () => {
    const { source, around } = setUp()
    const whole = { ...source, admission: async () => undefined, skuIds: async function* () {} }
    const { open: _open, ...kept } = withRemoved(whole, { ...around, unverified: [1] })
    const { open: _other, ...expected } = whole
    expect(kept).toEqual(expected)
  })

  it('reads one if the catalog cannot say whether it exists', async () => {
    expect(await readAll('down')).toEqual({ asked: [1, 2], read: [1, 2, 3, 4], unknown: [] })
  })
})

describe('withRemoved, if it skips missing SKUs,', () => {
  /** What is left of SKU ids whose reading failed with 404, or another code. */
  async function readingOf(
    skuId: number,
    code: 'upstream_missing' | 'upstream_down',
    kind?: 'missing' | 'down'
  ) {
    const { source, around } = setUp(kind, [{ skuId, code, message: 'm' }])
    const reader = await withRemoved(source, { ...around, skipsMissing: true }).open({
      ids: [skuId],
    })
    const { unknown, failures } = await reader.read(skuId)
    return [unknown, failures.length]
  }

  it('skips a SKU that VTEX does not know and of which Intershop sells nothing', async () => {
    expect(await readingOf(1, 'upstream_missing')).toEqual([1, 0])
  })

  it.each<[string, number, 'upstream_missing' | 'upstream_down', 'missing' | 'down']>([
    ['is still sold', 3, 'upstream_missing', 'missing'],
    ['VTEX knows', 2, 'upstream_missing', 'missing'],
    ['could not be read', 1, 'upstream_down', 'missing'],
    ['VTEX may know', 1, 'upstream_missing', 'down'],
  ])('reports the failure of a SKU that %s', async (_what, skuId, code, kind) => {
    expect(await readingOf(skuId, code, kind)).toEqual([undefined, 1])
  })
})
