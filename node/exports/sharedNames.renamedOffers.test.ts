import { LedgerWorld, NOW, offer, sent, settingsOf } from '../../tests/ledger/world'

describe('renamedOffers', () => {
  it('sends 0 under the old Intershop SKU and the quantity under the new one', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3)])
    const part = await world.judged([offer(7, 3, { refId: 'new' })], { route: 'update' })
    expect(sent(part)).toEqual({ r7: 0, new: 3 })
    expect(part.zeroed).toEqual({ read: 0, removed: 0, renamed: 1 })
    expect(part.counts).toMatchObject({ processed: 2, sent: 2, unchanged: 0 })
  })

  it('sends 0 under the old Intershop SKU only once', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3)])
    const renamed = [offer(7, 3, { refId: 'new' })]
    await world.delivered(await world.judged(renamed), settingsOf(), NOW - 1)
    expect(sent(await world.judged(renamed))).toEqual({ new: 3 })
  })

  it('sends 0 under the old Intershop SKU when a setting changes it', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3)])
    const settings = settingsOf({ offerSku: 'vtex-{sku}', sellers: '1' })
    expect(sent(await world.judged([offer(7, 3)], { settings }))).toEqual({ r7: 0, 'vtex-r7': 3 })
  })

  it('sends 0 under the old Intershop SKU when an offer loses its SKU, and reports it unmapped', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3)])
    const nameless = [offer(7, 3, { refId: undefined })]
    const part = await world.judged(nameless)
    expect(sent(part)).toEqual({ r7: 0 })
    expect(part).toMatchObject({ zeroed: { removed: 1 }, counts: { sent: 1, unmapped: 1 } })
    await world.delivered(part, settingsOf(), NOW - 1)
    expect(sent(await world.judged(nameless))).toEqual({})
    expect(await world.entries(7)).toEqual([])
  })

  it('sends no 0 for an old Intershop SKU that another offer of the same batch has now', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3), offer(8, 5)])
    const swapped = [offer(7, 3, { refId: 'r8' }), offer(8, 5, { refId: 'r7' })]
    const part = await world.judged(swapped)
    expect(sent(part)).toEqual({ r8: 3, r7: 5 })
    expect(part.offers).toHaveLength(2)
  })

  it('sends no 0 for an old Intershop SKU that VTEX gives to another SKU now', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3), offer(9, 1, { sellerId: 'abc' })])
    world.named.set('refId r7', 8).set('refId r9', 8)
    const renamed = [offer(7, 3, { refId: 'x' }), offer(9, 1, { sellerId: 'abc', refId: 'y' })]
    expect(sent(await world.judged(renamed))).toEqual({ x: 3, y_abc: 1 })
  })

  it('sends 0 under the old Intershop SKU also if VTEX still finds the offer by it', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3)])
    world.named.set('refId r7', 7)
    expect(sent(await world.judged([offer(7, 3, { refId: 'x' })]))).toEqual({ r7: 0, x: 3 })
  })

  it('fails the offer if VTEX cannot tell which SKU has the old reference', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3)])
    world.cannotTell = 500
    const part = await world.judged([offer(7, 3, { refId: 'x' }), offer(8, 1)])
    expect(sent(part)).toEqual({ r8: 1 })
    expect(part.failures).toEqual([
      expect.objectContaining({ skuId: 7, sellerId: '1', code: 'upstream_down' }),
    ])
  })

  it('sends 0 under the old Intershop SKU if VTEX rejects it as a reference', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3)])
    world.cannotTell = 400
    expect(sent(await world.judged([offer(7, 3, { refId: 'x' })]))).toEqual({ r7: 0, x: 3 })
  })

  it('makes no request for an old Intershop SKU that was 0 already', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 0)])
    world.cannotTell = 500
    expect(sent(await world.judged([offer(7, 3, { refId: 'x' })]))).toEqual({ x: 3 })
  })
})
