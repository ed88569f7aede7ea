import { UpstreamError } from '../common/upstreamError'
import type { Entry } from '../published/entry'
import type { SkuSource } from '../sources/source'
import { withoutUnknown } from './unknown'

const entry: Entry = {
  ...{ sellerId: '1', offerSku: 'R3', quantity: 1, version: 1 },
  ...{ publishedUnder: 'm', isCertain: true },
}

/** A ledger that has SKU 3; a catalog that knows SKU 2; a source whose readings say what was read. */
function setUp(trouble: 'missing' | 'down' = 'missing') {
  const asked: number[] = []
  const read: number[] = []
  const published = { entries: (skuId: number) => (skuId === 3 ? [entry] : []) }
  const source: Pick<SkuSource, 'open' | 'concurrency'> = {
    concurrency: 1,
    open: async () => ({
      close: async () => undefined,
      read: async (skuId) => {
        read.push(skuId)
        return { offers: [], failures: [] }
      },
    }),
  }
  const skuDetails = async (skuId: number) => {
    asked.push(skuId)
    if (skuId === 2) return { skuId, isActive: true }
    throw new UpstreamError('VTEX catalog', trouble, 'status ...')
  }
  return { asked, read, published, source, direct: { skuDetails } }
}

async function readAll(trouble?: 'missing' | 'down') {
  const { asked, read, published, source, direct } = setUp(trouble)
  const doubting = withoutUnknown(source, published, new Set([1, 2, 3]), direct)
  const ids = [1, 2, 3, 4]
  const reader = await doubting.open({ ids })
  const unknown: number[] = []
  for (const id of ids) unknown.push(...[(await reader.read(id)).unknown ?? []].flat())
  return { asked, read, unknown }
}

describe('a SKU id that nobody vouches for', () => {
  it('is nothing where the catalog answers 404 and Intershop was sent no offer of it', async () => {
    expect(await readAll()).toEqual({ asked: [1, 2], read: [2, 3, 4], unknown: [1] })
  })

  it('leaves its source all else that it says of itself: what it lists, and when it would take calls', () => {
    const { published, source, direct } = setUp()
    const whole = { ...source, admission: async () => undefined, skuIds: async function* () {} }
    const { open: _open, ...kept } = withoutUnknown(whole, published, new Set([1]), direct)
    const { open: _other, ...expected } = whole
    expect(kept).toEqual(expected)
  })

  it('is read like any other where the catalog does not say', async () => {
    expect(await readAll('down')).toEqual({ asked: [1, 2], read: [1, 2, 3, 4], unknown: [] })
  })
})
