import fc from 'fast-check'
import { LedgerWorld, offer, settingsOf } from '../../tests/ledger/world'

describe('compareWithPublished', () => {
  it('compares in several turns, so that responses are handled in between', async () => {
    const world = new LedgerWorld()
    const judged = world.judged([offer(1, 5)])
    let turns = 0
    let isOver = false
    const count = () => {
      if (isOver) return
      turns++
      setImmediate(count)
    }
    setImmediate(count)
    await judged
    isOver = true
    expect(turns).toBeGreaterThanOrEqual(4)
  })

  it('counts each offer in exactly one way, so that the counts add up', async () => {
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
          cannotTell: fc.constantFrom(undefined, 500 as const),
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
            zeroed.renamed + zeroed.removed + held.length + counts.failed
          )
        }
      ),
      { numRuns: 200 }
    )
  })
})
