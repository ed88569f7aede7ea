import { CentraTestServer } from './test-server'

let centra: CentraTestServer

beforeEach(async () => {
  centra = await CentraTestServer.start()
})
afterEach(() => centra.stop())

const ascending = (ids: unknown[]) => ids.map(Number).sort((a, b) => a - b)

describe('the behaviour order', () => {
  const changed = Date.UTC(2026, 0, 1)
  const rowsNow = () => [...centra.company.rows()]

  it('id: sorts rows by id', async () => {
    const ids = await centra.ids()
    expect(ids).toEqual(ascending(ids))
  })

  it('modified: sorts rows by their last stock change, also filtered ones', async () => {
    centra.set({ order: 'modified' })
    const [first, second, third] = rowsNow().map(({ stockItemId }) => stockItemId)
    centra.company.restock(Number(second), 1, changed + 1_000)
    centra.company.restock(Number(first), 1, changed + 2_000)
    centra.company.setActive(Number(third), false, changed + 3_000)
    const sorted = rowsNow()
      .sort((a, b) => a.stockModified - b.stockModified)
      .map(({ stockItemId }) => stockItemId)
    expect(await centra.ids()).toEqual(sorted)
    expect(sorted.slice(-2)).toEqual([second, first])
    expect((await centra.pages({ limit: '9' })).flat()).toEqual(sorted)
    expect(await centra.ids({ stock_modified: '2025-12-31' })).toEqual([second, first])
  })

  it('shuffled: returns rows in no order, always the same one', async () => {
    const before = await centra.ids()
    centra.set({ order: 'shuffled' })
    const shuffled = await centra.ids()
    expect(shuffled).not.toEqual(before)
    expect(ascending(shuffled)).toEqual(before)
    expect((await centra.pages({ limit: '7' })).flat()).toEqual(shuffled)
    for (const id of shuffled.slice(0, 9)) centra.company.restock(Number(id), 1, changed)
    expect(await centra.ids({ stock_modified: '2025-12-31' })).toEqual(shuffled.slice(0, 9))
  })
})

describe('the behaviour removal, of a row on a page already read,', () => {
  it.each([
    ['shifts', 1],
    ['leavesGap', 0],
  ] as const)('%s makes a reader of pages miss %i row', async (removal, missed) => {
    centra.set({ removal })
    const ids = await centra.ids()
    const first = await centra.ids({ limit: '10' })
    centra.company.removeRow(Number(first[3]))
    const rest = []
    for (const page of ['2', '3', '4', '5']) rest.push(...(await centra.ids({ limit: '10', page })))
    expect(first.length + rest.length).toBe(ids.length - missed)
    expect(await centra.ids()).toEqual(ids.filter((id) => id !== first[3]))
    expect(await centra.ids({ limit: '10' })).toHaveLength(9 + missed)
  })
})
