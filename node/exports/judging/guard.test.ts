import {
  HOUR,
  LedgerWorld,
  NOW,
  offer,
  offers,
  settingsOf,
  zeroing,
} from '../../../tests/ledger/world'

describe('offers that are newly 0', () => {
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
  ])('$zeros of $selling: $held are held', async ({ selling, zeros, held }) => {
    const { world, part } = await after(selling, zeros)
    expect(part.counts).toMatchObject({ processed: zeros, sent: zeros - held, held })
    expect(part.zeroed.newlyZero).toBe(zeros - held)
    expect(part.guarded.own).toBe(zeros - held)
    expect(part.held).toHaveLength(held)
    expect(world.logged).toEqual(held > 0 ? ['offers.held'] : [])
  })

  it('are held by the percentage that is set, none with 100', async () => {
    const held = async (maxNewlyZeroPercent: number) => {
      const { part } = await after(100, 60, { settings: settingsOf({ maxNewlyZeroPercent }) })
      return part.counts.held
    }
    expect([await held(0), await held(50), await held(100)]).toEqual([40, 10, 0])
  })

  it('are held by what was set to 0 within the hour before, each delivery once', async () => {
    const [minute, hour] = [zeroing(25, NOW - 60_000), zeroing(25, NOW - HOUR)]
    const begun = { ...minute, done: false }
    // Intershop was selling 125 an hour ago: 37 may go, and 25 went.
    expect((await after(100, 15, { deliveries: [minute, begun, hour] })).part.counts.held).toBe(3)
  })

  it('are held by what a dry run would have set to 0 only in that run', async () => {
    const dry = { ...zeroing(25, NOW - 60_000), dry: true }
    expect((await after(100, 30, { deliveries: [dry] })).part.counts.held).toBe(0)
    const own = { ...dry, exportId: 'e' }
    expect((await after(100, 30, { deliveries: [own] })).part.counts.held).toBe(25 - 7)
  })

  it('are not held with force', async () => {
    const { part } = await after(100, 60, { force: true })
    expect(part.counts).toMatchObject({ sent: 60, held: 0 })
    // They take no room from what sells out next.
    expect(part.guarded.own).toBe(0)
  })

  it('stay held while they are 0, also where there is room for them again', async () => {
    const { world, part } = await after(100, 31)
    await world.delivered(part, settingsOf(), NOW)
    world.now += 2 * HOUR
    const [first] = part.held
    const again = await world.judged([offer(first?.skuId ?? 0, 0)], { route: 'update' })
    expect(again.counts).toMatchObject({ held: 1, sent: 0 })
    const forced = await world.judged([offer(first?.skuId ?? 0, 0)], { force: true })
    expect(forced.counts).toMatchObject({ held: 0, sent: 1 })
  })

  it('are sent as usual once they were more again, as Intershop already had them', async () => {
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

  it('are all held of a seller of whom the export met no SKU', async () => {
    const world = new LedgerWorld()
    await world.told(offers(3, 5))
    const part = await world.judged(offers(3, 0), { withheld: ['1'] })
    expect(part.counts).toMatchObject({ sent: 0, held: 3 })
  })

  it('of one source are no matter of the others', async () => {
    const world = new LedgerWorld()
    await world.told([...offers(100, 5), ...offers(100, 5, { sellerId: 'abc' })])
    const zeros = [...offers(31, 0), ...offers(30, 0, { sellerId: 'abc' })]
    const part = await world.judged(zeros)
    expect(part.held.map(({ sellerId }) => sellerId)).toEqual(['1'])
    expect(part.guarded).toEqual({ own: 30, centra: 0, sellers: 30 })
  })
})
