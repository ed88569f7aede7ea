import type { SkuDetails } from '../clients/catalog'
import type { Documents } from '../state/documents'
import { openSkuDetails } from './skuDetails'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const MINUTE = 60_000
const START = Date.UTC(2026, 10, 21)

function setUp(count: number) {
  const files = new Map<string, string>()
  const documents = {
    list: async () => [...files.keys()].sort(),
    read: async (_folder: string, name: string) => JSON.parse(files.get(name) ?? 'null'),
    save: async (_folder: string, name: string, document: unknown) => {
      files.set(name, JSON.stringify(document))
    },
  } as unknown as Documents
  const ids = Array.from({ length: count }, (_, index) => index + 1)
  const active = new Set(ids)

  /** One export at a moment: answers the ids that VTEX was asked for, and what was said of them. */
  async function exportAt(moment: number, modified = new Map<number, number>()) {
    const asked: number[] = []
    const read = async (skuId: number): Promise<SkuDetails> => {
      asked.push(skuId)
      return { skuId, isActive: active.has(skuId), refId: `R${skuId}`, ean: undefined }
    }
    const contexts = await openSkuDetails(
      read,
      documents,
      { ids, modifiedAt: (id) => modified.get(id) ?? 0 },
      () => moment
    )
    const said = new Map<number, boolean>()
    for (const id of ids) {
      const context = contexts.kept(id) ?? (await contexts.read(id))
      expect(context).toMatchObject({ skuId: id, refId: `R${id}` })
      said.set(id, context.isActive)
    }
    await contexts.keep()
    return { asked, said }
  }
  return { exportAt, active, ids, documents }
}

describe('skuDetails cache', () => {
  it('loses nothing of a batch that is saved after the next one began', async () => {
    const { documents } = setUp(0)
    const read = async (skuId: number) => ({ skuId, isActive: true })
    const open = (skuId: number, isAhead = false) => {
      const batch = { ids: [skuId], modifiedAt: () => 0, isAhead }
      return openSkuDetails(read, documents, batch, () => START)
    }
    const [first, second] = [await open(1), await open(2, true)]
    for (const [batch, skuId] of [[first, 1] as const, [second, 2] as const]) {
      await batch.read(skuId)
      await batch.keep()
    }
    const kept = [(await open(1)).kept(1), (await open(2)).kept(2)]
    expect(kept).toMatchObject([{ skuId: 1 }, { skuId: 2 }])
  })

  it('returns product and sellers as they were read', async () => {
    const { documents } = setUp(0)
    const bound = (sellerId: string, isActive: boolean) => ({
      sellerId,
      sellerSkuId: 's7',
      isActive,
    })
    const sellers = [bound('1', true), bound('2', true), bound('x', false)]
    const slice = { ids: [7], modifiedAt: () => 0 }
    const read = async (skuId: number) => ({ skuId, isActive: true, productId: 70, sellers })
    const first = await openSkuDetails(read, documents, slice, () => START)
    await first.read(7)
    await first.keep()
    const second = await openSkuDetails(read, documents, slice, () => START)
    expect(second.kept(7)).toEqual({
      ...{ skuId: 7, isActive: true, productId: 70 },
      sellers: [bound('2', true), bound('x', false)],
    })
  })

  it('returns the components of a kit as they were read', async () => {
    const { documents } = setUp(0)
    const slice = { ids: [25], modifiedAt: () => 0 }
    const kit = {
      ...{ skuId: 25, isActive: true, isKit: true },
      components: [{ skuId: 2, quantity: 2, isActive: false }],
    }
    const first = await openSkuDetails(
      async () => kit,
      documents,
      slice,
      () => START
    )
    await first.read(25)
    await first.keep()
    expect(
      (
        await openSkuDetails(
          async () => kit,
          documents,
          slice,
          () => START
        )
      ).kept(25)
    ).toEqual(kit)
  })

  it('requests all details in the first export, and none in the next one of that day', async () => {
    const { exportAt, ids } = setUp(70)
    expect((await exportAt(START)).asked).toEqual(ids)
    expect((await exportAt(START + HOUR)).asked).toEqual([])
  })

  it('refreshes a seventh of the details in each daily export, and all within a week', async () => {
    const { exportAt, ids } = setUp(70)
    await exportAt(START)
    const seen: number[] = []
    for (let day = 1; day <= 7; day++) {
      const { asked } = await exportAt(START + day * DAY)
      expect(asked.length).toBeLessThanOrEqual(10)
      seen.push(...asked)
    }
    expect(seen.sort((a, b) => a - b)).toEqual(ids)
  })

  it('refreshes all details after more than a week without an export', async () => {
    const { exportAt, ids } = setUp(14)
    await exportAt(START)
    expect((await exportAt(START + 9 * DAY)).asked).toEqual(ids)
  })

  it('refreshes details of a modified SKU until the index lag is over', async () => {
    const { exportAt, active } = setUp(14)
    await exportAt(START)
    const at = START + HOUR
    const modified = new Map([[3, at]])
    active.delete(3)
    expect((await exportAt(at + MINUTE, modified)).asked).toEqual([3])
    expect((await exportAt(at + 14 * MINUTE, modified)).asked).toEqual([3])
    expect((await exportAt(at + 15 * MINUTE, modified)).asked).toEqual([3])
    const settled = await exportAt(at + 16 * MINUTE, modified)
    expect(settled.asked).toEqual([])
    expect(settled.said.get(3)).toBe(false)
    expect((await exportAt(at + 17 * MINUTE, new Map())).asked).toEqual([])
  })
})
