import {
  HOUR,
  LedgerWorld,
  NOW,
  offer,
  offers,
  settingsOf,
  zeroing,
} from '../../tests/ledger/world'

describe('zeroGuard', () => {
  const after = async (selling: number, zeros: number, around = {}) => {
    const world = new LedgerWorld()
    await world.told(offers(selling, 5))
    return { world, part: await world.judged(offers(zeros, 0), { route: 'update', ...around }) }
  }

  it.each([
    { selling: 100, zeros: 30, held: 0 },
    { selling: 100, zeros: 31, held: 1 },
    { selling: 40, zeros: 20, held: 0 },
    { selling: 40, zeros: 21, held: 1 },
    { selling: 25, zeros: 20, held: 0 },
    { selling: 1_000, zeros: 25, held: 0 },
  ])('holds $held of $zeros newly zero offers, $selling sold', async ({ selling, zeros, held }) => {
    const { world, part } = await after(selling, zeros)
    expect(part.counts).toMatchObject({ processed: zeros, sent: zeros - held, held })
    expect(part.zeroed.read).toBe(zeros - held)
    expect(part.newlyZero.own).toBe(zeros - held)
    expect(part.held).toHaveLength(held)
    expect(world.logged).toEqual(held > 0 ? ['offers.held'] : [])
  })

  it('holds what exceeds maxNewlyZeroPercent, and nothing at 100', async () => {
    const held = async (maxNewlyZeroPercent: number) => {
      const { part } = await after(100, 60, { settings: settingsOf({ maxNewlyZeroPercent }) })
      return part.counts.held
    }
    expect([await held(0), await held(50), await held(100)]).toEqual([40, 10, 0])
  })

  it('counts offers set to 0 in the hour before, each batch once', async () => {
    const [minute, hour] = [zeroing(25, NOW - 60_000), zeroing(25, NOW - HOUR)]
    const begun = { ...minute, state: 'started' as const }
    // Intershop was selling 125 an hour ago: 37 may go, and 25 went.
    expect((await after(100, 15, { deliveries: [minute, begun, hour] })).part.counts.held).toBe(3)
  })

  it('counts what a dry run would set to 0 only within that dry run', async () => {
    const dry = { ...zeroing(25, NOW - 60_000), dry: true }
    expect((await after(100, 30, { deliveries: [dry] })).part.counts.held).toBe(0)
    const own = { ...dry, exportId: 'e' }
    expect((await after(100, 30, { deliveries: [own] })).part.counts.held).toBe(25 - 7)
  })

  it('holds nothing with force', async () => {
    const { part } = await after(100, 60, { force: true })
    expect(part.counts).toMatchObject({ sent: 60, held: 0 })
    // They take no room from what sells out next.
    expect(part.newlyZero.own).toBe(0)
  })

  it('keeps an offer held while it is 0, also when the limit has room again', async () => {
    const { world, part } = await after(100, 31)
    await world.delivered(part, settingsOf(), NOW)
    world.now += 2 * HOUR
    const [first] = part.held
    const again = await world.judged([offer(first?.skuId ?? 0, 0)], { route: 'update' })
    expect(again.counts).toMatchObject({ held: 1, sent: 0 })
    const forced = await world.judged([offer(first?.skuId ?? 0, 0)], { force: true })
    expect(forced.counts).toMatchObject({ held: 0, sent: 1 })
  })

  it('sends a held offer again once it is back in stock', async () => {
    const { world, part } = await after(100, 31)
    await world.delivered(part, settingsOf(), NOW)
    world.now += 2 * HOUR
    const skuId = part.held[0]?.skuId ?? 0
    const restocked = await world.judged([offer(skuId, 5)], { route: 'update' })
    expect(restocked.counts).toMatchObject({ sent: 1, unchanged: 0 })
    await world.delivered(restocked)
    const soldOut = await world.judged([offer(skuId, 0)], { route: 'update' })
    expect(soldOut.counts).toMatchObject({ sent: 1, held: 0 })
  })

  it('holds all offers of a seller without a listed SKU', async () => {
    const world = new LedgerWorld()
    await world.told(offers(3, 5))
    const part = await world.judged(offers(3, 0), { withheld: ['1'] })
    expect(part.counts).toMatchObject({ sent: 0, held: 3 })
  })

  it('counts each source on its own', async () => {
    const world = new LedgerWorld()
    await world.told([...offers(100, 5), ...offers(100, 5, { sellerId: 'abc' })])
    const zeros = [...offers(31, 0), ...offers(30, 0, { sellerId: 'abc' })]
    const part = await world.judged(zeros)
    expect(part.held.map(({ sellerId }) => sellerId)).toEqual(['1'])
    expect(part.newlyZero).toEqual({ own: 30, centra: 0, sellers: 30 })
  })
})
