import fc from 'fast-check'

import {
  HOUR,
  LedgerWorld,
  NOW,
  offer,
  offers,
  sent,
  settingsOf,
  zeroing,
} from '../../../tests/ledger/world'
import { walkLedger } from '../../ledger/walk'

describe('an offer that Intershop knows by another name', () => {
  it('is 0 by the old name, and what it is by the new', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3)])
    const part = await world.judged([offer(7, 3, { refId: 'new' })], { route: 'update' })
    expect(sent(part)).toEqual({ r7: 0, new: 3 })
    expect(part.zeroed).toEqual({ newlyZero: 0, vanished: 0, renamed: 1 })
    expect(part.counts).toMatchObject({ processed: 2, sent: 2, unchanged: 0 })
  })

  it('is 0 by the old name once', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3)])
    const renamed = [offer(7, 3, { refId: 'new' })]
    await world.delivered(await world.judged(renamed), settingsOf(), NOW - 1)
    expect(sent(await world.judged(renamed))).toEqual({ new: 3 })
  })

  it('is 0 by the old name where a setting gave it another', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3)])
    const settings = settingsOf({ offerSku: 'vtex-{sku}' })
    expect(sent(await world.judged([offer(7, 3)], { settings }))).toEqual({ r7: 0, 'vtex-r7': 3 })
  })

  it('is 0 by the old name where it has none any more, and then it is no offer', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3)])
    const nameless = [offer(7, 3, { refId: undefined })]
    const part = await world.judged(nameless)
    expect(sent(part)).toEqual({ r7: 0 })
    expect(part).toMatchObject({ zeroed: { vanished: 1 }, counts: { sent: 1, unmapped: 1 } })
    await world.delivered(part, settingsOf(), NOW - 1)
    expect(sent(await world.judged(nameless))).toEqual({})
    for await (const entry of walkLedger(world.documents)) throw new Error(`left: ${entry[0]}`)
  })

  it('keeps its old name to whoever has it now, in the same slice', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3), offer(8, 5)])
    const swapped = [offer(7, 3, { refId: 'r8' }), offer(8, 5, { refId: 'r7' })]
    const part = await world.judged(swapped)
    expect(sent(part)).toEqual({ r8: 3, r7: 5 })
    expect(part.offers).toHaveLength(2)
  })

  it('keeps its old name to whoever has it now, as VTEX says', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3), offer(9, 1, { sellerId: 'abc' })])
    world.named.set('refId r7', 8).set('refId r9', 8)
    const renamed = [offer(7, 3, { refId: 'x' }), offer(9, 1, { sellerId: 'abc', refId: 'y' })]
    expect(sent(await world.judged(renamed))).toEqual({ x: 3, y_abc: 1 })
  })

  it('is 0 by the old name also where VTEX still knows it by that one', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3)])
    world.named.set('refId r7', 7)
    expect(sent(await world.judged([offer(7, 3, { refId: 'x' })]))).toEqual({ r7: 0, x: 3 })
  })

  it('is failed where VTEX cannot tell whose its old name is', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3)])
    world.cannotTell = true
    const part = await world.judged([offer(7, 3, { refId: 'x' }), offer(8, 1)])
    expect(sent(part)).toEqual({ r8: 1 })
    expect(part.failures).toEqual([
      expect.objectContaining({ skuId: 7, sellerId: '1', code: 'upstream_down' }),
    ])
  })

  it('was 0 by it anyway: nobody is asked', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 0)])
    world.cannotTell = true
    expect(sent(await world.judged([offer(7, 3, { refId: 'x' })]))).toEqual({ x: 3 })
  })
})

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
    expect((await after(100, 60, { force: true })).part.counts).toMatchObject({ sent: 60, held: 0 })
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

describe('an offer that differs from what Intershop was told', () => {
  const drifted = async (changedAt: number, more = {}) => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3), offer(8, 1)], settingsOf(), NOW - 1_000)
    const around = { changedAt: (id: number) => (id === 7 ? changedAt : 0), ...more }
    return (await world.judged([offer(7, 4), offer(8, 1), offer(9, 1)], around)).drifted
  }

  it('has drifted where no change was reported since', async () => {
    expect(await drifted(NOW - 1_001)).toEqual([{ skuId: 7, sellerId: '1', told: 3, found: 4 }])
  })

  it('has not where one was, nor where that is not known, nor where other settings said it', async () => {
    expect(await drifted(NOW - 999)).toEqual([])
    expect(await drifted(0, { changedAt: undefined })).toEqual([])
    expect(await drifted(0, { settings: settingsOf({ safetyStock: 1 }) })).toEqual([])
  })
})

describe('the counts of a part', () => {
  it('add up in any world, and each offer that was read is in exactly one of them', async () => {
    const quantity = fc.integer({ min: 0, max: 2 })
    const skuId = fc.integer({ min: 1, max: 60 })
    const seller = fc.constantFrom('1', 'abc')
    const known = fc.record({ skuId, quantity, sellerId: seller })
    const read = fc.record({
      skuId,
      quantity,
      sellerId: seller,
      refId: fc.constantFrom(undefined, 'a', 'b'),
    })
    const unique = {
      selector: (each: { skuId: number; sellerId: string }) => `${each.skuId} ${each.sellerId}`,
    }
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(known, { ...unique, maxLength: 80 }),
        fc.uniqueArray(read, { ...unique, maxLength: 80 }),
        fc.record({
          route: fc.constantFrom('update' as const, 'export' as const),
          force: fc.boolean(),
          withheld: fc.subarray(['1', 'abc']),
          percent: fc.integer({ min: 0, max: 100 }),
          cannotTell: fc.boolean(),
        }),
        async (before, found, { percent, cannotTell, ...around }) => {
          const world = new LedgerWorld()
          await world.told(before.map((each) => offer(each.skuId, each.quantity, each)))
          world.cannotTell = cannotTell
          const settings = settingsOf({ maxNewlyZeroPercent: percent })
          await world.told(
            before.map((each) => offer(each.skuId, each.quantity, each)),
            settings
          )
          const offersRead = found.map(({ refId, ...each }) =>
            offer(each.skuId, each.quantity, { ...each, refId: refId && `${refId}${each.skuId}` })
          )
          const {
            counts,
            offers: told,
            held,
            unmapped,
            failures,
            zeroed,
          } = await world.judged(offersRead, { ...around, settings })
          const { processed, ...parts } = counts
          expect(processed).toBe(Object.values(parts).reduce((sum, count) => sum + count, 0))
          expect([told.length, held.length]).toEqual([counts.sent, counts.held])
          expect([unmapped.length, failures.length]).toEqual([counts.unmapped, counts.failed])
          expect(processed).toBeGreaterThanOrEqual(offersRead.length)
          const additional = processed - offersRead.length
          expect(additional).toBeLessThanOrEqual(
            zeroed.renamed + zeroed.vanished + held.length + counts.failed
          )
        }
      ),
      { numRuns: 200 }
    )
  })
})
