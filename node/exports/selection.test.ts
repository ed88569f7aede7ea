import { saveGroup } from '../changes/pending'
import type { Documents, Folder } from '../state/documents'
import { modificationsOf } from './selection'

const NOW = Date.UTC(2026, 10, 21, 20)
const MINUTE = 60_000

/** Documents in memory; counts what is read. */
function memory() {
  const files = new Map<string, unknown>()
  const seen = { reads: 0 }
  const documents = {
    list: async (folder: Folder, prefix = '') =>
      [...files.keys()]
        .filter((path) => path.startsWith(`${folder}/${prefix}`))
        .map((path) => path.slice(folder.length + 1))
        .sort(),
    read: async (folder: Folder, name: string) => {
      seen.reads++
      return files.get(`${folder}/${name}`) ?? null
    },
    save: async (folder: Folder, name: string, document: unknown) => {
      files.set(`${folder}/${name}`, document)
    },
  }
  return { documents: documents as Documents, seen }
}

describe('what a run knows of modified SKUs', () => {
  it('is read once, and then what came since', async () => {
    const { documents, seen } = memory()
    const modified = (at: number, skuId: number) =>
      saveGroup(documents, at, `n${skuId}`, { stock: [], modified: [skuId] })
    await modified(NOW - 90 * MINUTE, 1)
    await modified(NOW - 50 * MINUTE, 2)
    await modified(NOW - 40 * MINUTE, 3)
    let now = NOW
    const read = modificationsOf(documents, () => now, 60 * MINUTE)
    const first = await read()
    expect([1, 2, 3].map(first.at)).toEqual([0, NOW - 50 * MINUTE, NOW - 40 * MINUTE])
    expect([first.last, seen.reads]).toEqual([NOW - 40 * MINUTE, 2])

    now += MINUTE
    expect((await read()).last).toBe(NOW - 40 * MINUTE)
    expect(seen.reads).toBe(2)
    await modified(now, 4)
    await modified(now, 2)
    now += MINUTE
    const later = await read()
    expect([2, 3, 4].map(later.at)).toEqual([NOW + MINUTE, NOW - 40 * MINUTE, NOW + MINUTE])
    expect([later.last, seen.reads]).toEqual([NOW + MINUTE, 4])
  })
})
