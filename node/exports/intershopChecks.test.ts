import { memory } from '../../tests/documents'
import { startedDocument } from '../published/receipt'
import { type BatchReceipt, END, receiptNames } from './documentNames'
import { verifyImported } from './intershopChecks'
import type { QueueSnapshot } from './queue'

const exportId = '20261121T120000000-0123456789ab'
const AT = Date.UTC(2026, 10, 21, 12)

const receipt = (more: Partial<BatchReceipt>): BatchReceipt => ({
  ...{ version: AT, exportId, source: 'own', from: 0, to: END, readAfter: AT - 1, basis: 'f.p.l' },
  ...{ uniqueId: 'n', worker: 'w', zeroed: { own: 0, centra: 0, sellers: 0 } },
  ...{ offers: 1_000, firstSku: 1, lastSku: 1_000, dry: false, state: 'committed' },
  ...more,
})

/** What is read back of a batch of a thousand SKUs. */
async function skusReadBack(...others: BatchReceipt[]) {
  const documents = memory()
  const sent = Array.from({ length: 1_000 }, (_, index) => ({
    ...{ skuId: index + 1, sellerId: '1', offerSku: `${index + 1}`, quantity: 7, isGone: false },
  }))
  const started = { sent, held: [], shared: [], taken: [], publishedUnder: '' }
  const path = receiptNames.build(receipt({ state: 'started' }))
  await documents.save('receipts', path, startedDocument(started))
  const deliveries = [receipt({ state: 'started' }), receipt({}), ...others]
  const queue = { exports: [], deliveries } as unknown as QueueSnapshot
  const asked: number[] = []
  const { compared } = await verifyImported(documents, queue, exportId, async (offerSkus) => {
    for (const offerSku of offerSkus) asked.push(Number(offerSku))
    return new Map()
  })
  expect(compared).toBe(asked.length)
  return asked
}

describe('verifyImported', () => {
  it('reads back 200 offers of all parts of the catalog', async () => {
    const asked = await skusReadBack()
    expect(asked).toHaveLength(200)
    const tenths = new Set(asked.map((skuId) => Math.floor((skuId - 1) / 100)))
    expect(tenths.size).toBe(10)
  })

  it('leaves out SKUs that another export may have sent since', async () => {
    const update = {
      exportId: 'update',
      version: AT + 1,
      readAfter: AT,
      firstSku: 100,
      lastSku: 899,
    }
    const asked = await skusReadBack(receipt({ ...update, state: 'started', uniqueId: 'u' }))
    expect(asked).toHaveLength(200)
    expect(asked.filter((skuId) => skuId >= 100 && skuId <= 899)).toEqual([])
  })

  it('reads back SKUs that another export sent before, or would have sent', async () => {
    const all = { exportId: 'other', uniqueId: 'u' }
    const before = receipt({ ...all, version: AT - 1, readAfter: 0 })
    const dry = receipt({ ...all, version: AT + 1, readAfter: AT, dry: true })
    expect(await skusReadBack(before, dry)).toHaveLength(200)
  })
})
