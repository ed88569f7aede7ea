import fc from 'fast-check'
import { memory } from '../../tests/documents'
import type { Clock } from '../common/clock'
import { type Documents, LostDocumentError } from '../state/documents'
import { END } from './documentNames'
import { type List, listedIds, savePages, sortedIds } from './planDocuments'

const clock: Clock = {
  now: () => 0,
  sleep: async () => undefined,
  every: () => () => undefined,
  uniqueId: () => 'n',
}

async function* batchesOf(batches: readonly number[][]) {
  yield* batches
}

const skuId = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }))

/** All ids of a list, read batch by batch; each batch starts where the one before ended. */
async function pages(documents: Documents, list: List, most: (batch: number) => number) {
  const read: number[] = []
  const sizes: number[] = []
  for (let from = 0; from < END; ) {
    const { ids, to } = await listedIds(
      { documents, clock },
      'e',
      list,
      { from, to: END },
      most(sizes.length)
    )
    expect(to).toBeGreaterThan(from)
    read.push(...ids)
    sizes.push(ids.length)
    from = to
  }
  return { read, sizes }
}

const empty = { uniqueId: 'n', consumes: [] }

describe('worklist', () => {
  it('holds the ids of all pages from startId on, sorted, each once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(skuId)), fc.nat(300), async (batches, startId) => {
        const expected = [...new Set(batches.flat())].filter((id) => id >= startId)
        expect([...(await sortedIds(batchesOf(batches), startId))]).toEqual(
          expected.sort((a, b) => a - b)
        )
      })
    )
  })

  it('grows beyond the expected number of ids', async () => {
    const batches = Array.from({ length: 20 }, (_, batch) =>
      Array.from({ length: 1_000 }, (_, index) => 20_000 - batch * 1_000 - index)
    )
    const ids = await sortedIds(batchesOf([...batches, ...batches]))
    expect(ids).toHaveLength(20_000)
    expect(ids.every((id, index) => id === index + 1)).toBe(true)
  })

  it('yields each id exactly once, batch by batch, whatever its page size', async () => {
    const setting = fc.record({
      ids: fc.uniqueArray(skuId, { maxLength: 60 }),
      chunk: fc.integer({ min: 1, max: 20 }),
      most: fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1 }),
    })
    await fc.assert(
      fc.asyncProperty(setting, async ({ ids, chunk, most }) => {
        const sorted = ids.sort((a, b) => a - b)
        const documents = memory()
        const firstIds: number[] = []
        for (let start = 0; start < sorted.length; start += chunk) {
          const name = `e/n/${firstIds.length}`
          const chunkIds = sorted.slice(start, start + chunk)
          await documents.save('worklistPages', name, { ids: chunkIds })
          firstIds.push(sorted[start] ?? 0)
        }
        const list = { ...empty, total: sorted.length, firstIds }
        const { read, sizes } = await pages(
          documents,
          list,
          (slice) => most[slice % most.length] ?? 1
        )
        expect(read).toEqual(sorted)
        for (const [slice, size] of sizes.entries()) {
          expect(size).toBeLessThanOrEqual(most[slice % most.length] ?? 1)
        }
      })
    )
  })

  it('yields what was saved, in pages of 10,000 ids at most', async () => {
    const documents = memory()
    const ids = Float64Array.from({ length: 25_001 }, (_, index) => index * 3)
    const list = await savePages(documents, 'e', empty, ids)
    expect(list).toEqual({ ...empty, total: 25_001, firstIds: [0, 30_000, 60_000] })
    expect((await pages(documents, list, () => 7_000)).read).toEqual([...ids])
  })

  it('yields only the ids of a range', async () => {
    const documents = memory()
    const ids = Float64Array.from({ length: 20_000 }, (_, index) => index)
    const list = await savePages(documents, 'e', empty, ids)
    const range = { from: 9_998, to: 10_002 }
    expect(await listedIds({ documents, clock }, 'e', list, range, 10)).toMatchObject({
      ids: [9_998, 9_999, 10_000, 10_001],
      to: 10_002,
    })
    expect(await listedIds({ documents, clock }, 'e', list, range, 3)).toMatchObject({
      ids: [9_998, 9_999, 10_000],
      to: 10_001,
    })
  })

  it('throws LostDocumentError if a page cannot be read', async () => {
    const list = { ...empty, total: 1, firstIds: [1] }
    await expect(
      listedIds({ documents: memory(), clock }, 'e', list, { from: 0, to: END }, 5)
    ).rejects.toThrow(LostDocumentError)
  })
})
