import type { Documents } from '../state/documents'
import { consume } from './consume'
import type { PendingName } from './names'
import { pendingPath } from './names'
import { UnverifiedIds } from './unverified'

const NOW = Date.UTC(2026, 0, 1)

/** VBase with these pending documents; what is saved over them, by folder. */
function setUp(pending: Record<string, unknown>) {
  const saved: Array<[folder: string, document: unknown]> = []
  const documents = {
    read: async (_: string, path: string) => pending[path] ?? null,
    remove: async () => undefined,
    save: async (folder: string, _: string, document: unknown) => saved.push([folder, document]),
  } as unknown as Documents
  let nonces = 0
  const clock = { now: () => NOW, nonce: () => `n${++nonces}`, sleep: async () => undefined }
  return { documents, clock, saved }
}

const nameOf = (nonce: string, kind: PendingName['kind']): PendingName => ({
  at: NOW - 3_600_000,
  nonce,
  kind,
})

describe('unverified SKU ids', () => {
  it('are those of which every report says so', () => {
    const ids = new UnverifiedIds()
    ids.note([1, 2], new Set([1]))
    ids.note([1, 3, 4], new Set([3, 4]))
    ids.note([4], new Set())
    expect(ids.ids).toEqual([3])
    expect([1, 2, 3, 4, 5].filter((id) => ids.has(id))).toEqual([3])
  })

  it('leave nothing behind where VTEX does not know them, and are carried as what they are', async () => {
    const group = nameOf('a', 'modified')
    const carried = nameOf('b', 'carried')
    const { saved, ...consuming } = setUp({
      [pendingPath(group)]: { v: 1, stock: [1, 2], modified: [3, 4], unverified: [1, 3, 4] },
      [pendingPath(carried)]: { v: 1, skus: [{ skuId: 5, attempts: 2, unverified: true }] },
    })
    await consume(consuming, {
      names: [group, carried],
      failed: new Set([4, 5, 6]),
      // 2 was vouched for, by this group.
      unknown: new Set([1, 2, 3]),
      startedAt: group.at,
    })
    const skus = (folder: string) => saved.filter(([name]) => name === folder).map(([, doc]) => doc)
    expect(skus('pending')).toEqual([
      {
        v: 1,
        skus: [
          { skuId: 4, attempts: 1, unverified: true },
          { skuId: 5, attempts: 3, unverified: true },
          { skuId: 6, attempts: 1 },
        ],
      },
      { v: 1, skus: [{ skuId: 4, attempts: 0, unverified: true }] },
    ])
    expect(skus('changes')).toEqual([
      { v: 1, changes: [[2, group.at]] },
      { v: 1, changes: [[4, group.at]] },
    ])
  })
})
