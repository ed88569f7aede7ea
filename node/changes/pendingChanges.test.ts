import { saveGroup } from '../../tests/changes'
import { memory } from '../../tests/documents'
import { saveChanges } from './changeLog'
import {
  acknowledge,
  compactChanges,
  skusChangedSince,
  takePending,
  UnverifiedIds,
} from './pendingChanges'

const NOW = Date.UTC(2026, 0, 1, 12)
const HOUR = 3_600_000

function setUp() {
  const documents = memory()
  let uniqueIds = 0
  const clock = { now: () => NOW, uniqueId: () => `n${++uniqueIds}`, sleep: async () => undefined }
  return { documents, clock }
}

async function contents(documents: ReturnType<typeof memory>, folder: 'pending' | 'changes') {
  const names = await documents.list(folder)
  return Promise.all(names.map((name) => documents.read(folder, name)))
}

describe('UnverifiedIds', () => {
  it('holds SKUs of which every report is unverified', () => {
    const ids = new UnverifiedIds()
    const unverified = true
    expect(ids.note([{ skuId: 1, unverified }, { skuId: 2 }])).toEqual([1, 2])
    ids.note([{ skuId: 1 }, { skuId: 3, unverified }, { skuId: 4, unverified }])
    ids.note([{ skuId: 4 }])
    expect(ids.ids).toEqual([3])
  })

  it('leaves nothing of unverified SKUs that VTEX does not know, and retries the others', async () => {
    const io = setUp()
    const at = NOW - HOUR
    const group = { stock: [1, 2], modified: [3, 4], unverified: [1, 3, 4] }
    await saveGroup(io.documents, at, 'a', group)
    const failedBefore = { skuId: 5, at, modifiedAt: 0, attempts: 2, unverified: true }
    await saveChanges(io.documents, 'pending', 'b', [failedBefore])
    const noted = new UnverifiedIds()
    const paths: string[] = []
    for await (const { changes, path } of takePending(io, NOW)) {
      noted.note(changes)
      paths.push(path)
    }
    expect(noted.ids.sort()).toEqual([1, 3, 4, 5])
    await acknowledge(io, {
      ...{ exportId: 'e', paths, startedAt: at },
      failed: new Set([4, 5, 6]),
      unverified: new Set(noted.ids),
      // 2 was vouched for, by this group: VTEX may report a new SKU before it finds it.
      unknown: new Set([1, 2, 3]),
    })
    expect(await contents(io.documents, 'pending')).toEqual([
      {
        v: 1,
        changes: [
          [2, at, 0, { attempts: 1 }],
          [4, at, at, { attempts: 1, unverified: true }],
          [5, at, 0, { attempts: 3, unverified: true }],
        ],
      },
      { v: 1, changes: [[6, at, 0, { attempts: 1 }]] },
    ])
    expect(await contents(io.documents, 'changes')).toEqual([])
  })

  it('keeps a SKU unverified in merged documents unless another report has it', async () => {
    const io = setUp()
    await saveGroup(io.documents, NOW - 3 * HOUR, 'a', {
      ...{ stock: [1, 2, 3], modified: [], unverified: [1, 2] },
    })
    await saveGroup(io.documents, NOW - 2 * HOUR, 'b', {
      ...{ stock: [2, 3, 4], modified: [], unverified: [3, 4] },
    })
    while (await compactChanges(io));
    const [merged, ...others] = (await contents(io.documents, 'pending')) as Array<{
      changes: Array<[number, number, number, { unverified: true }?]>
    }>
    expect(others).toEqual([])
    const doubted = merged?.changes.filter(([, , , more]) => more?.unverified)
    expect(doubted?.map(([skuId]) => skuId)).toEqual([1, 4])
    const noted = new UnverifiedIds()
    for await (const _ of skusChangedSince(io, NOW - 4 * HOUR, noted));
    expect(noted.ids).toEqual([1, 4])
  })
})
