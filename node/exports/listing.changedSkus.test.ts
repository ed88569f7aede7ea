import { saveGroup } from '../../tests/changes'
import { memory } from '../../tests/documents'
import { changeIndexOf } from '../changes/changeIndex'
import { noteKit } from '../changes/kitIndex'
import type { ExportRequest } from './exportRequest'
import { ChangedSkus } from './listing'

const NOW = Date.UTC(2026, 10, 21, 20)
const MINUTE = 60_000

const clock = { now: () => NOW, uniqueId: () => 'n', sleep: async () => undefined }

describe('ChangedSkus', () => {
  const request = (more: Partial<ExportRequest>): ExportRequest => ({
    ...{ v: 1, exportId: 'e', acceptedAt: NOW, route: 'update', scope: {} },
    ...{ dryRun: false, dry: false, force: false },
    ...more,
  })

  /** SKU 2 changed, SKU 5 was modified; 25 is a kit of 2 and 5, 26 one of 5 and 7, 27 one of 7. */
  async function changed() {
    const documents = memory()
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
  ])('includes kits of a changed component in %s', async (_, asked) => {
    const documents = await changed()
    const skus = new ChangedSkus({ documents, clock }, clock.now())
    const found = new Set<number>()
    for await (const batch of skus.of(asked)) for (const id of batch) found.add(id)
    expect([...found].sort((a, b) => a - b)).toEqual([2, 5, 25, 26])
    expect(skus.found.consumes).toHaveLength(asked.route === 'update' ? 2 : 0)
  })

  it('changeIndex counts a kit as changed and modified with its components', async () => {
    const documents = await changed()
    const read = changeIndexOf({ documents, clock })
    const { changedAt, modifiedAt } = await read()
    const [first, last] = [NOW - 30 * MINUTE, NOW - 20 * MINUTE]
    expect([2, 5, 7, 25, 26, 27].map(changedAt)).toEqual([first, last, 0, last, last, 0])
    expect([2, 5, 7, 25, 26, 27].map(modifiedAt)).toEqual([0, last, 0, last, last, 0])
    // A kit that is put on record after the change was read.
    await noteKit(documents, 28, [5])
    expect((await read()).modifiedAt(28)).toBe(last)
  })
})
