import fc from 'fast-check'
import { z } from 'zod'

import type { Documents, Folder } from './documents'
import { KeptBySku } from './keptBySku'

/** Documents in memory; counts what is asked of them. */
function memory() {
  const files = new Map<string, string>()
  const seen = { saves: 0, reads: 0, lists: 0 }
  const documents = {
    list: async (_folder: Folder) => {
      seen.lists++
      return [...files.keys()].sort()
    },
    read: async (_folder: Folder, name: string) => {
      seen.reads++
      return JSON.parse(files.get(name) ?? 'null')
    },
    save: async (_folder: Folder, name: string, document: unknown) => {
      seen.saves++
      files.set(name, JSON.stringify(document))
    },
  }
  return { documents: documents as Documents, files, seen }
}

const open = (documents: Documents, first: number, last: number) =>
  KeptBySku.open(documents, 'skus', z.number(), first, last)

const all = () => true

async function write(documents: Documents, ids: readonly number[], value: number) {
  const kept = await open(documents, Math.min(...ids), Math.max(...ids))
  for (const id of ids) kept.set(id, value)
  await kept.save(all)
}

const upTo = (count: number, step: number) => Array.from({ length: count }, (_, i) => i * step)

describe('values kept by SKU id', () => {
  it('are those that were set last, whatever was set in which slices', async () => {
    const slice = fc.record({
      from: fc.nat(60_000),
      count: fc.integer({ min: 1, max: 9_000 }),
      step: fc.integer({ min: 1, max: 9 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(slice, { maxLength: 5 }), async (slices) => {
        const { documents } = memory()
        const model = new Map<number, number>()
        for (const [value, { from, count, step }] of slices.entries()) {
          const ids = upTo(count, step).map((id) => from + id)
          await write(documents, ids, value)
          for (const id of ids) model.set(id, value)
        }
        const kept = await open(documents, 0, 200_000)
        for (const [id, value] of model) expect(kept.get(id)).toBe(value)
        expect(kept.get(199_999)).toBeUndefined()
      }),
      { numRuns: 15 }
    )
  }, 60_000)

  it('take at most one call to VBase for 500 SKUs, when they are first kept and later', async () => {
    const { documents, seen } = memory()
    const ids = upTo(100_000, 7)
    for (let time = 0; time < 2; time++) {
      Object.assign(seen, { saves: 0, reads: 0, lists: 0 })
      for (let at = 0; at < ids.length; at += 10_000) {
        await write(documents, ids.slice(at, at + 10_000), time)
      }
      expect(seen.saves + seen.reads + seen.lists).toBeLessThanOrEqual(ids.length / 500)
    }
  })

  it('survive a death between the documents of a split', async () => {
    const { documents, files } = memory()
    await write(documents, upTo(4_000, 2), 1)
    let left = 1
    const dying: Documents = {
      ...documents,
      save: (...args) =>
        left-- > 0 ? documents.save(...args) : Promise.reject(new Error('killed')),
    }
    await expect(
      write(
        dying,
        upTo(4_000, 2).map((id) => id + 1),
        2
      )
    ).rejects.toThrow('killed')
    expect(files.size).toBe(2)
    const kept = await open(documents, 0, 9_000)
    for (const id of upTo(4_000, 2)) expect(kept.get(id)).toBe(1)
  })

  it('are gone with a document that cannot be understood, and are kept anew', async () => {
    const { documents, files } = memory()
    await write(documents, [1, 2], 1)
    for (const name of files.keys()) files.set(name, '{"v":9}')
    expect((await open(documents, 0, 9)).get(1)).toBeUndefined()
    await write(documents, [2], 5)
    expect((await open(documents, 0, 9)).get(2)).toBe(5)
  })

  it('that are worth nothing any more are dropped when their document is written', async () => {
    const { documents } = memory()
    await write(documents, [1, 2, 3], 1)
    const kept = await open(documents, 1, 3)
    kept.set(3, 7)
    await kept.save((value) => value > 1)
    const after = await open(documents, 1, 3)
    expect([1, 2, 3].map((id) => after.get(id))).toEqual([undefined, undefined, 7])
  })
})
