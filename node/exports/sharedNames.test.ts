import { HOUR, LedgerWorld, NOW, offer, sent, settingsOf } from '../../tests/ledger/world'
import type { BatchResult } from './batchResult'

const names = ({ unmapped }: BatchResult) => unmapped.map(({ skuId, code }) => [skuId, code])
const both = (a: number, b: number) => [a, b].map((skuId) => [skuId, 'ambiguous'])
const seller2 = { sellerId: '2' }
const SELLERS = settingsOf({ sellers: '1,2' })
const binding = { sellerId: '2', sellerSkuId: 'x', isActive: true }

describe('sharedNames', () => {
  it.each([
    ['the same reference', 'r7'],
    ['one with blanks', '  r7 '],
    ['one with a no-break space', 'r7\u00a0'],
    ['one with a line separator', 'r7\u2028'],
  ])('sends neither of two offers of a batch with one Intershop SKU: %s', async (_, refId) => {
    const world = new LedgerWorld()
    const part = await world.judged([offer(7, 3), offer(8, 5, { refId }), offer(9, 1)])
    expect(sent(part)).toEqual({ r9: 1 })
    expect(names(part)).toEqual(both(7, 8))
    expect(part.unmapped[0]?.message).toMatch(/^SKU 7 of seller 1 and SKU 8 of seller 1 /)
    expect(part.counts).toMatchObject({ processed: 3, sent: 1, unmapped: 2 })
  })

  it('reports a shared Intershop SKU read in two batches, and stops sending the first offer', async () => {
    const world = new LedgerWorld()
    world.contexts.set(7, { refId: 'r7' }).set(8, { refId: 'r7 ' })
    await world.delivered(await world.judged([offer(7, 3)]), settingsOf(), NOW - HOUR)
    expect(names(await world.judged([offer(8, 5, { refId: 'r7 ' })]))).toEqual([[8, 'ambiguous']])
    const part = await world.judged([offer(7, 4)])
    expect([sent(part), names(part)]).toEqual([{}, [[7, 'ambiguous']]])
  })

  it('reads claims in an update only if the ledger is not certain that one offer has the name', async () => {
    const world = new LedgerWorld()
    world.contexts.set(7, { refId: 'r7' }).set(8, { refId: 'r7' })
    await world.delivered(await world.judged([offer(7, 3)]), settingsOf(), NOW - HOUR)
    world.documents.reads.clear()
    const update = { route: 'update' as const }
    expect(sent(await world.judged([offer(7, 4)], update))).toEqual({ r7: 4 })
    expect([...world.documents.reads.keys()].filter((path) => path.startsWith('names/'))).toEqual(
      []
    )
    const other = await world.judged([offer(8, 5, { refId: 'r7' })], update)
    expect(names(other)).toEqual([[8, 'ambiguous']])
    await world.delivered(other, settingsOf(), NOW - 1)
    expect(names(await world.judged([offer(7, 4)], update))).toEqual([[7, 'ambiguous']])
  })

  it.each([
    ['has another name', { refId: 'other' }],
    ['has none', {}],
    ['is gone', undefined],
  ])('sends the offer again once the other one %s', async (_, context) => {
    const world = new LedgerWorld()
    world.contexts.set(7, { refId: 'r7' })
    await world.judged([offer(7, 3), offer(8, 5, { refId: 'r7' })])
    if (context) world.contexts.set(8, context)
    expect(sent(await world.judged([offer(7, 3)]))).toEqual({ r7: 3 })
    world.contexts.set(8, { refId: 'r7' })
    expect(sent(await world.judged([offer(7, 3)]))).toEqual({ r7: 3 })
  })

  it('makes an update send a name that was shared, though the quantity is unchanged', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3)])
    const shared = await world.judged([offer(7, 3), offer(8, 5, { refId: 'r7' })])
    await world.delivered(shared, settingsOf(), NOW - 1)
    expect(sent(await world.judged([offer(7, 3)], { route: 'update' }))).toEqual({ r7: 3 })
    await world.told([offer(7, 3)], settingsOf(), NOW)
    expect(sent(await world.judged([offer(7, 3)], { route: 'update' }))).toEqual({})
  })

  it('fails the offer if VTEX cannot say whether the other one has the name', async () => {
    const world = new LedgerWorld()
    await world.judged([offer(7, 3), offer(8, 5, { refId: 'r7' })])
    world.unreadable.add(8)
    const part = await world.judged([offer(7, 3)])
    expect([sent(part), names(part)]).toEqual([{}, []])
    expect(part.failures).toMatchObject([{ skuId: 7, sellerId: '1', code: 'upstream_down' }])
  })

  it("finds a name shared with another seller's offer that is bound to the SKU", async () => {
    const world = new LedgerWorld()
    const own = [offer(7, 3, { refId: 'r8_2' })]
    world.named.set('refId r8', 8)
    world.contexts.set(8, { refId: 'r8', sellers: [binding] })
    const around = { settings: SELLERS }
    // Nobody has read that offer yet, then nobody has this one.
    for (let twice = 0; twice < 2; twice++) {
      expect(names(await world.judged(own, around))).toEqual([[7, 'ambiguous']])
    }
    world.contexts.set(7, { refId: 'r8_2' })
    expect(names(await world.judged([offer(8, 5, seller2)], around))).toEqual([[8, 'ambiguous']])
    world.contexts.set(8, { refId: 'r8', sellers: [] })
    expect(sent(await world.judged(own, around))).toEqual({ r8_2: 3 })
  })

  it('finds a name shared with any registered seller if all are exported', async () => {
    const world = new LedgerWorld()
    world.registered.set('2', { isActive: true })
    world.named.set('refId r8', 8)
    world.contexts.set(8, { refId: 'r8', sellers: [binding] })
    expect(names(await world.judged([offer(7, 3, { refId: 'r8_2' })]))).toEqual([[7, 'ambiguous']])
  })
})

describe('sharedNames with a Centra row', () => {
  const settings = settingsOf({
    ...{ centraUrl: 'https://shop.centra.com/api/erp', centraToken: 'token', centraSellerId: '1' },
    centraTimeZone: 'UTC',
  })
  const rowOf = (skuId: number, refId = 'r7') => offer(skuId, 5, { refId, rowId: 10 * skuId })
  const answer = { offers: [], failures: [], unmapped: [] }

  it.each([
    ['while that row leads to its SKU', [rowOf(8)], {}],
    ['no more once it leads to another SKU', [rowOf(9)], { r7: 5 }],
    ['no more once its SKU has another reference', [rowOf(8, 'r8')], { r7: 5 }],
    ['no more once it is gone', [], { r7: 5 }],
  ])('withholds a name that a row has too, %s', async (_, offers, expected) => {
    const world = new LedgerWorld()
    // What VTEX says of the SKU is no matter: the row may be gone.
    world.contexts.set(8, { refId: 'r7' })
    await world.judged([rowOf(7), rowOf(8)], { settings })
    const asked: number[] = []
    const centraRow = async (rowId: number) => {
      asked.push(rowId)
      return { ...answer, offers }
    }
    expect(sent(await world.judged([rowOf(7)], { settings, centraRow }))).toEqual(expected)
    expect(asked).toEqual([80])
  })

  it('fails the offer if the Centra row cannot be parsed', async () => {
    const world = new LedgerWorld()
    await world.judged([rowOf(7), rowOf(8)], { settings })
    const failures = [{ rowId: 80, code: 'centra_row' as const, message: 'm' }]
    const centraRow = async () => ({ ...answer, failures })
    const part = await world.judged([rowOf(7)], { settings, centraRow })
    expect([sent(part), part.failures.length]).toEqual([{}, 1])
  })
})

const R7 = { skuId: 7, sellerId: '1', offerSku: 'r7' }

/** SKU 7 was sent as r7, which is the name of SKU 8 now. */
async function abandoned(by: string) {
  const world = new LedgerWorld()
  await world.told([offer(7, 3)])
  if (by === 'look-up') world.named.set('refId r7', 8)
  else {
    world.contexts.set(8, { refId: 'r7' })
    await world.judged([offer(8, 5, { refId: 'r7' })])
  }
  return world
}

describe('sharedNames and old names', () => {
  it('sends no 0 for an old name that another offer has with a blank', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3)])
    world.contexts.set(7, { refId: 'r7' }).set(8, { refId: 'r7 ' })
    await world.judged([offer(8, 5, { refId: 'r7 ' })])
    const part = await world.judged([offer(7, 3, { refId: 'x' })])
    expect(sent(part)).toEqual({ x: 3 })
    expect(part.taken).toEqual([])
  })

  it("looks an old name up in VTEX's own spelling too", async () => {
    const world = new LedgerWorld()
    await world.delivered(
      await world.judged([offer(7, 3, { refId: 'r7 ' })]),
      settingsOf(),
      NOW - 1
    )
    world.named.set('refId r7 ', 8)
    expect(sent(await world.judged([offer(7, 3, { refId: 'x' })]))).toEqual({ x: 3 })
  })

  it.each(['look-up', 'claim'])('sends no 0 for a name in use, found by %s', async (by) => {
    const world = await abandoned(by)
    const part = await world.judgedGone([R7])
    expect([sent(part), part.counts.processed]).toEqual([{}, 0])
  })

  it('keeps the ledger entry until the other offer was sent under the name', async () => {
    const world = await abandoned('claim')
    await world.delivered(await world.judgedGone([R7]))
    expect(await world.entries(7)).toMatchObject([{ offerSku: 'r7' }])
    await world.told([offer(8, 5, { refId: 'r7' })])
    await world.delivered(await world.judgedGone([R7]))
    expect(await world.entries(7)).toEqual([])
  })

  it('sends 0 once the other offer abandoned the name and was never sent under it', async () => {
    const world = await abandoned('look-up')
    await world.delivered(await world.judged([offer(7, 3, { refId: 'x' })]))
    expect(await world.entries(7)).toMatchObject([{ offerSku: 'r7' }, { offerSku: 'x' }])
    world.named.clear()
    const part = await world.judged([offer(7, 3, { refId: 'x' })])
    expect(sent(part)).toEqual({ r7: 0, x: 3 })
    await world.delivered(part)
    expect(await world.entries(7)).toMatchObject([{ offerSku: 'x' }])
  })

  it('sends 0 for a removed offer whose name nobody else has', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3)])
    const part = await world.judgedGone([{ skuId: 7, sellerId: '1', offerSku: 'r7' }])
    expect(sent(part)).toEqual({ r7: 0 })
  })
})
