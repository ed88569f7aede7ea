import fc from 'fast-check'
import { countedBatches, firstMissingRange, isDeliverable } from './conflicts'
import { type BatchReceipt, END, type Range } from './documentNames'

const delivery = (more: Partial<BatchReceipt>): BatchReceipt => ({
  exportId: 'a',
  source: 'own',
  from: 0,
  to: 100,
  readAfter: 0,
  version: 10,
  basis: 'f',
  uniqueId: `uniqueId ${more.exportId ?? 'a'} ${more.version ?? 10}`,
  worker: 'w1',
  zeroed: { own: 0, centra: 0, sellers: 0 },
  ...{ offers: 1, firstSku: 1, lastSku: 9 },
  dry: false,
  state: 'committed',
  ...more,
})

const counted = (...all: BatchReceipt[]) => countedBatches('a', 'own', 'f', all)

describe('firstMissingRange', () => {
  const cut = fc.integer({ min: 0, max: 60 })
  const ranges = fc.array(
    fc.tuple(cut, cut).map(([a, b]): Range => ({ from: Math.min(a, b), to: Math.max(a, b) }))
  )

  it('fills all ids exactly once when it is called until nothing is missing', () => {
    fc.assert(
      fc.property(ranges, (given) => {
        const gaps: Range[] = []
        for (
          let gap = firstMissingRange(given);
          gap;
          gap = firstMissingRange([...given, ...gaps])
        ) {
          expect(gap.from).toBeLessThan(gap.to)
          gaps.push(gap)
        }
        const holds = (id: number) => (range: Range) => range.from <= id && id < range.to
        for (const id of [...Array(62).keys(), END - 1]) {
          const times = gaps.filter(holds(id)).length
          expect(times).toBe(given.some(holds(id)) ? 0 : 1)
        }
        expect(gaps).toEqual([...gaps].sort((a, b) => a.from - b.from))
      })
    )
  })

  it('returns everything if there are no ranges, and undefined if they cover everything', () => {
    expect(firstMissingRange([])).toEqual({ from: 0, to: END })
    expect(
      firstMissingRange([
        { from: 5, to: END },
        { from: 0, to: 5 },
      ])
    ).toBeUndefined()
  })
})

describe('countedDeliveries', () => {
  it('counts committed batches of its own export, read with the current settings', () => {
    const good = delivery({})
    expect(counted(good)).toEqual([good])
    expect(counted(delivery({ state: 'started' }))).toEqual([])
    expect(counted(delivery({ exportId: 'b' }))).toEqual([])
    expect(counted(delivery({ basis: 'older' }))).toEqual([])
  })

  it('counts a batch once if two workers published it', () => {
    const first = delivery({})
    expect(counted(first, { ...first, worker: 'w2' })).toEqual([first])
  })

  it('counts batches whose reading knew of the batches before', () => {
    const older = delivery({ exportId: 'b', version: 5 })
    const newer = delivery({ readAfter: 5 })
    expect(counted(older, newer)).toEqual([newer])
  })

  it('leaves out batches of two workers that read the same SKUs at once, of any export', () => {
    const mine = delivery({ readAfter: 3, version: 10 })
    const other = delivery({ exportId: 'b', readAfter: 4, version: 11 })
    expect(counted(mine, other)).toEqual([])
    expect(countedBatches('b', 'own', 'f', [mine, other])).toEqual([])
    expect(counted(mine, { ...other, from: 100, to: 200 })).toEqual([mine])
  })

  it('treats all page batches of Centra as overlapping, since pages of two readings differ', () => {
    const mine = delivery({ source: 'centra', from: 0, to: 3, readAfter: 3, version: 10 })
    const other = delivery({
      source: 'centra',
      exportId: 'b',
      from: 5,
      to: 9,
      readAfter: 4,
      version: 11,
    })
    const centra = (...all: BatchReceipt[]) => countedBatches('a', 'centra', 'f', all)
    expect(centra(mine, other)).toEqual([])
    expect(centra(mine, { ...other, readAfter: 10 })).toEqual([mine])
  })

  it('ignores concurrent batches of another source, unless the settings changed', () => {
    const mine = delivery({ readAfter: 3, version: 10 })
    const other = delivery({ source: 'centra', exportId: 'b', readAfter: 4, version: 11 })
    expect(counted(mine, other)).toEqual([mine])
    expect(counted(mine, { ...other, basis: 'g.1' })).toEqual([])
  })

  it('leaves out a batch that a started one may have overwritten', () => {
    const begun = delivery({ exportId: 'b', readAfter: 4, version: 11, state: 'started' })
    expect(counted(delivery({ readAfter: 3 }), begun)).toEqual([])
  })
})

describe('isDeliverable', () => {
  const { worker: _worker, state: _state, ...part } = delivery({ readAfter: 8, version: 10 })

  it('returns true if nothing was started or committed since reading began', () => {
    expect(isDeliverable(part, [])).toBe(true)
    expect(isDeliverable(part, [delivery({ exportId: 'b', version: 8 })])).toBe(true)
    expect(isDeliverable(part, [delivery({ exportId: 'b', version: 9 })])).toBe(false)
    expect(isDeliverable(part, [delivery({ exportId: 'b', version: 9, state: 'started' })])).toBe(
      false
    )
  })

  it('returns true for the same batch of another worker only while it is not committed', () => {
    expect(isDeliverable(part, [{ ...part, worker: 'w2', state: 'started' }])).toBe(true)
    expect(isDeliverable(part, [{ ...part, worker: 'w2', state: 'committed' }])).toBe(false)
  })

  it('returns true for a batch that the same worker published while this one was read, of other SKUs', () => {
    const own = delivery({ readAfter: 8, version: 10, from: 100, to: 200 })
    const ahead = delivery({ version: 9, uniqueId: 'before', from: 0, to: 100 })
    expect(isDeliverable(own, [ahead])).toBe(true)
    expect(isDeliverable(own, [{ ...ahead, to: 101 }])).toBe(false)
    expect(isDeliverable(own, [{ ...ahead, worker: 'w2' }])).toBe(false)
  })
})
