import { memory } from '../../tests/documents'
import { realClock } from '../common/clock'
import type { Failure } from '../offers/stockOffer'
import { amendBatch, batchName, batchOf, itemsOf, saveBatch } from './batches'
import { type BatchResult, counted } from './batchResult'

const VERSION = Date.UTC(2026, 10, 21)

const failuresFrom = (first: number, count: number): Failure[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ skuId: first + index, sellerId: '1', code: 'upstream_down', message: 'm' },
  }))

const result = (failures: Failure[]): BatchResult => ({
  ...{ v: 1, skus: 1, counts: counted({ failed: failures.length }), failures, unmapped: [] },
  ...{ offers: [], held: [], taken: [], nameConflicts: [], drifted: [], sellers: ['1'] },
  zeroed: { read: 0, removed: 0, renamed: 0 },
  newlyZero: { own: 0, centra: 0, sellers: 0 },
})

async function saved(...sizes: number[]) {
  const documents = memory()
  const batches = []
  let first = 1
  for (const [index, size] of sizes.entries()) {
    const batch = { exportId: 'e', version: VERSION + index, uniqueId: 'u' }
    await saveBatch(documents, batch, result(failuresFrom(first, size)), [`file-${index}`])
    batches.push({ name: batchName(batch), failures: size, unmapped: 0, held: 0 })
    first += size
  }
  return { documents, batches }
}

describe('itemsOf', () => {
  it('returns each item once over all pages, across batches', async () => {
    const { documents, batches } = await saved(3, 5, 0, 4)
    const pages: number[][] = []
    for (let after = 0; after < 12; after += 5) {
      const items = await itemsOf(documents, batches, 'failures', { after, limit: 5 })
      pages.push(items.map(({ skuId = 0 }) => skuId))
    }
    expect(pages).toEqual([
      [1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10],
      [11, 12],
    ])
  })

  it('reads only the batches of a page', async () => {
    const { documents, batches } = await saved(3, 5, 4)
    await itemsOf(documents, batches, 'failures', { after: 3, limit: 5 })
    expect([...documents.reads.keys()]).toEqual([`batches/${batches[1]?.name}`])
  })
})

describe('amendBatch', () => {
  it('keeps the other lists of a batch that VBase returns late', async () => {
    const documents = memory()
    const batch = { exportId: 'e', version: VERSION, uniqueId: 'u' }
    const held = [{ skuId: 2, sellerId: '1', offerSku: 'B' }]
    await saveBatch(documents, batch, { ...result([]), held }, [])
    let late = 2
    const read: typeof documents.read = async (folder, name) =>
      late-- > 0 ? null : documents.read(folder, name)
    const engine = {
      documents: { ...documents, read },
      clock: { ...realClock, sleep: async () => {} },
    }
    await amendBatch(engine, batch, { files: ['file'], failures: failuresFrom(1, 1) })
    const saved = await documents.read('batches', batchName(batch))
    expect(saved).toMatchObject({ held, files: ['file'], failures: [{ skuId: 1 }] })
  })
})

describe('batchOf', () => {
  it('returns the export and the files of a version', async () => {
    const { documents } = await saved(1, 1)
    expect(await batchOf(documents, VERSION + 1)).toEqual({ exportId: 'e', files: ['file-1'] })
    expect(await batchOf(documents, VERSION + 2)).toBeUndefined()
  })
})
