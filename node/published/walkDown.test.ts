import { memory } from '../../tests/documents'
import { type SkuEntries, saveGeneration, saveShard } from './generations'
import { Ledger } from './ledger'
import { type Receipt, startedDocument } from './receipt'

const FIRST = '0000000000000005~a'
const SHARDS = 20

const entry = { sellerId: '1', offerSku: 'o', quantity: 1, version: 5, publishedUnder: 'u' }

/** A generation of twenty shards of two SKUs, and a receipt of SKUs between them and beyond. */
async function ledger() {
  const documents = memory()
  const shards = Array.from({ length: SHARDS }, (_, place) => place * 10 + 5)
  for (const [place, first] of shards.entries()) {
    const skus = [first, first + 2].map((id): SkuEntries => [id, [{ ...entry, isCertain: true }]])
    await saveShard(documents, FIRST, place, skus)
  }
  const none = { inStock: new Map(), held: new Map(), others: [], folded: new Set<string>() }
  await saveGeneration(documents, { name: FIRST, shards, ...none })
  const sent = [1, 6, 99, 1_000].map((skuId) => {
    return { skuId, sellerId: '1', offerSku: 'o', quantity: 2, isGone: false }
  })
  const started = { sent, held: [], shared: [], taken: [], publishedUnder: 'u' }
  await documents.save('receipts', 'r', startedDocument(started))
  const receipt: Receipt = {
    ...{ id: 'r', version: 9, readAfter: 5, isCommitted: true, path: () => 'r' },
    ...{ firstSku: 1, lastSku: 1_000, offers: 4 },
  }
  return new Ledger({ documents, clock: { sleep: async () => undefined } }).at([receipt])
}

const idsIn = async (walked: AsyncIterable<readonly [number, unknown]>) => {
  const ids: number[] = []
  for await (const [skuId] of walked) ids.push(skuId)
  return ids
}

describe('walkDown', () => {
  it('returns each SKU that walk does, descending, over all shards and receipts', async () => {
    const view = await ledger()
    const up = await idsIn(view.walk())
    expect(up).toHaveLength(2 * SHARDS + 4)
    expect(await idsIn(view.walkDown(Number.MAX_SAFE_INTEGER))).toEqual([...up].reverse())
  })

  it('begins below the id that it is given', async () => {
    const view = await ledger()
    const below = (await idsIn(view.walk())).filter((id) => id < 99)
    expect(await idsIn(view.walkDown(99))).toEqual(below.reverse())
  })
})
