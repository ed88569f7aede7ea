import fc from 'fast-check'
import { z } from 'zod'
import { type Documents, type Folder, UnreadableDocumentError } from './documents'
import { ShardedStore } from './shardedStore'

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

const open = (documents: Documents, ids: Iterable<number>) =>
  ShardedStore.open(documents, 'skus', z.number(), ids)

const all = () => true

async function write(documents: Documents, ids: readonly number[], value: number) {
  const kept = await open(documents, ids)
  for (const id of ids) kept.set(id, value)
  await kept.save(all)
}

const upTo = (count: number, step: number) => Array.from({ length: count }, (_, i) => i * step)

describe('ShardedStore', () => {
  it('returns the values that were set last, by any batches', async () => {
    const writing = fc.record({
      from: fc.nat(60_000),
      count: fc.integer({ min: 1, max: 9_000 }),
      step: fc.integer({ min: 1, max: 9 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(writing, { maxLength: 5 }), async (writes) => {
        const { documents } = memory()
        const model = new Map<number, number>()
        for (const [value, { from, count, step }] of writes.entries()) {
          const ids = upTo(count, step).map((id) => from + id)
          await write(documents, ids, value)
          for (const id of ids) model.set(id, value)
        }
        const kept = await open(documents, [...model.keys(), 199_999])
        expect([...model].filter(([id, value]) => kept.get(id) !== value)).toEqual([])
        expect(kept.get(199_999)).toBeUndefined()
      }),
      { numRuns: 15 }
    )
  }, 60_000)

  it('makes at most one call to VBase for 500 SKUs, at first and later', async () => {
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

  it('reads only the documents of the requested ids, in any order', async () => {
    const { documents, files, seen } = memory()
    for (let from = 0; from < 60_000; from += 10_000) {
      await write(
        documents,
        upTo(10_000, 1).map((id) => from + id),
        from
      )
    }
    expect(files.size).toBeGreaterThan(8)
    Object.assign(seen, { saves: 0, reads: 0, lists: 0 })
    const kept = await open(documents, [59_999, 3, 59_998, 1, 3])
    expect([3, 59_998, 1, 59_999].map((id) => kept.get(id))).toEqual([0, 50_000, 0, 50_000])
    expect(seen).toEqual({ saves: 0, reads: 2, lists: 1 })
    await kept.read([2, 30_000])
    expect([2, 30_000].map((id) => kept.get(id))).toEqual([0, 30_000])
    expect(seen).toEqual({ saves: 0, reads: 3, lists: 1 })
  })

  it('keeps values while others of the same documents are set', async () => {
    const { documents, files, seen } = memory()
    const ids = upTo(90_000, 2)
    for (let at = 0; at < ids.length; at += 9_000) {
      await write(documents, ids.slice(at, at + 9_000), 1)
    }
    const count = files.size
    expect(count).toBeGreaterThan(12)
    Object.assign(seen, { saves: 0, reads: 0, lists: 0 })
    const scattered = ids.filter((_, index) => index % 500 === 7).reverse()
    await write(documents, scattered, 2)
    expect(seen.saves).toBe(count)
    expect(seen.reads).toBeLessThan(2 * count)
    const kept = await open(documents, ids)
    const changed = new Set(scattered)
    expect(ids.filter((id) => kept.get(id) !== (changed.has(id) ? 2 : 1))).toEqual([])
  })

  it('keeps a value that was set when more is read', async () => {
    const { documents } = memory()
    await write(documents, [1, 2], 1)
    const kept = await open(documents, [1])
    kept.set(2, 5)
    await kept.read([1, 2, 3])
    expect([1, 2, 3].map((id) => kept.get(id))).toEqual([1, 5, undefined])
  })

  it('loses no value after a death between the documents of a split', async () => {
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
    const kept = await open(documents, upTo(4_000, 2))
    for (const id of upTo(4_000, 2)) expect(kept.get(id)).toBe(1)
  })

  it('drops the values of an unreadable document, and stores new ones', async () => {
    const { documents, files } = memory()
    await write(documents, [1, 2], 1)
    for (const name of files.keys()) files.set(name, '{"v":9}')
    expect((await open(documents, [1, 2])).get(1)).toBeUndefined()
    await write(documents, [2], 5)
    expect((await open(documents, [1, 2])).get(2)).toBe(5)
  })

  it('replaces a document that is no JSON, and keeps those beside it', async () => {
    const { documents, files } = memory()
    await write(documents, upTo(12_000, 1), 1)
    const [, second = ''] = [...files.keys()].sort()
    const read = documents.read
    documents.read = async (folder, name) => {
      if (files.get(name) === '<html>') throw new UnreadableDocumentError('malformed answer')
      return read(folder, name)
    }
    files.set(second, '<html>')
    const first = Number(second)
    expect((await open(documents, [first - 1, first])).get(first - 1)).toBe(1)
    await write(documents, [first], 5)
    const kept = await open(documents, [first - 1, first, first + 1])
    expect([-1, 0, 1].map((step) => kept.get(first + step))).toEqual([1, 5, undefined])
  })

  it('drops one unreadable value and keeps its neighbours', async () => {
    const { documents, files } = memory()
    await write(documents, [1, 2, 3], 1)
    const [name = ''] = files.keys()
    files.set(name, '{"v":1,"entries":[[1,1],[2,"x"],[3,1]]}')
    const kept = await open(documents, [1, 2])
    expect([1, 2].map((id) => kept.get(id))).toEqual([1, undefined])
    await write(documents, [1], 5)
    expect(files.get(name)).toBe('{"v":1,"entries":[[1,5],[3,1]]}')
  })

  it('drops values that save no longer accepts', async () => {
    const { documents } = memory()
    await write(documents, [1, 2, 3], 1)
    const kept = await open(documents, [1, 2, 3])
    kept.set(3, 7)
    await kept.save((value) => value > 1)
    const after = await open(documents, [1, 2, 3])
    expect([1, 2, 3].map((id) => after.get(id))).toEqual([undefined, undefined, 7])
  })
})
