import { saveGroup } from '../changes/pending'
import { noteKit } from '../sources/kitIndex'
import type { Documents, Folder } from '../state/documents'
import type { ExportRequest } from './scope'
import { modificationsOf, reported, selectChanged } from './selection'

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

describe('a kit, where its components change', () => {
  const request = (more: Partial<ExportRequest>): ExportRequest => ({
    ...{ v: 1, exportId: 'e', acceptedAt: NOW, route: 'update', scope: {} },
    ...{ dryRun: false, dry: false, force: false },
    ...more,
  })

  /** SKU 2 changed, SKU 5 was modified; 25 is a kit of 2 and 5, 26 one of 5 and 7, 27 one of 7. */
  async function changed() {
    const { documents } = memory()
    for (const [kitId = 0, ...components] of [
      [25, 2, 5],
      [26, 5, 7],
      [27, 7],
    ]) {
      await noteKit(documents, kitId, components)
    }
    await saveGroup(documents, NOW - 30 * MINUTE, 'a', { stock: [2], modified: [] })
    await saveGroup(documents, NOW - 20 * MINUTE, 'b', { stock: [], modified: [5] })
    return documents
  }

  it.each([
    ['an update', request({})],
    ['a window', request({ route: 'time', scope: { minutes: 60 } })],
  ])('is read by %s, which consumes what it would anyway', async (_, asked) => {
    const documents = await changed()
    const { ids, consumes } = selectChanged(asked, { documents, now: NOW })
    const found = new Set<number>()
    for await (const batch of ids) for (const id of batch) found.add(id)
    expect([...found].sort((a, b) => a - b)).toEqual([2, 5, 25, 26])
    expect(consumes).toHaveLength(asked.route === 'update' ? 2 : 0)
  })

  it('counts as changed and as modified with them', async () => {
    const since = { modified: NOW - 60 * MINUTE, changed: NOW - 60 * MINUTE }
    const { changedAt, modifiedAt } = await reported(await changed(), since, NOW)
    const [first, last] = [NOW - 30 * MINUTE, NOW - 20 * MINUTE]
    expect([2, 5, 7, 25, 26, 27].map(changedAt)).toEqual([first, last, 0, last, last, 0])
    expect([2, 5, 7, 25, 26, 27].map(modifiedAt)).toEqual([0, last, 0, last, last, 0])
  })
})
