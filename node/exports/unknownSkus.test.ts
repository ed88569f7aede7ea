import { UpstreamError } from '../common/upstreamError'
import type { Entry } from '../published/entry'
import type { SkuSource } from '../sources/source'
import { withoutUnknown } from './unknownSkus'

const entry: Entry = {
  ...{ sellerId: '1', offerSku: 'R3', quantity: 1, version: 1 },
  ...{ publishedUnder: 'm', isCertain: true },
}

/** A ledger that has SKU 3; a catalog that knows SKU 2; a source whose readings say what was read. */
function setUp(kind: 'missing' | 'down' = 'missing') {
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
    throw new UpstreamError('VTEX catalog', kind, 'status ...')
  }
  return { asked, read, published, source, direct: { skuDetails } }
}

async function readAll(kind?: 'missing' | 'down') {
  const { asked, read, published, source, direct } = setUp(kind)
  const doubting = withoutUnknown(source, published, new Set([1, 2, 3]), direct)
  const ids = [1, 2, 3, 4]
  const reader = await doubting.open({ ids })
  const unknown: number[] = []
  for (const id of ids) unknown.push(...[(await reader.read(id)).unknown ?? []].flat())
  return { asked, read, unknown }
}

describe('withoutUnknown', () => {
  it('skips an unverified SKU that the catalog answers with 404 and the ledger does not have', async () => {
    expect(await readAll()).toEqual({ asked: [1, 2], read: [2, 3, 4], unknown: [1] })
  })

  it('leaves listing and admission of the source as they are', () => {
    const { published, source, direct } = setUp()
    const whole = { ...source, admission: async () => undefined, skuIds: async function* () {} }
    const { open: _open, ...kept } = withoutUnknown(whole, published, new Set([1]), direct)
    const { open: _other, ...expected } = whole
    expect(kept).toEqual(expected)
  })

  it('reads an unverified SKU if the catalog cannot say whether it exists', async () => {
    expect(await readAll('down')).toEqual({ asked: [1, 2], read: [1, 2, 3, 4], unknown: [] })
  })
})
