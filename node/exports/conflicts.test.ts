import fc from 'fast-check'
import { countedBatches, firstMissingRange, isDeliverable } from './conflicts'
import { type BatchReceipt, END, type Range } from './documentNames'

const delivery = (more: Partial<BatchReceipt>): BatchReceipt => ({
  exportId: 'a',
  source: 'own',
  from: 0,
  to: 100,
  after: 0,
  stamp: 10,
  basis: 'f',
  nonce: `nonce ${more.exportId ?? 'a'} ${more.stamp ?? 10}`,
  worker: 'w1',
  zeroed: { own: 0, centra: 0, sellers: 0 },
  ...{ offers: 1, firstSku: 1, lastSku: 9 },
  dry: false,
  done: true,
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
    expect(counted(delivery({ done: false }))).toEqual([])
    expect(counted(delivery({ exportId: 'b' }))).toEqual([])
    expect(counted(delivery({ basis: 'older' }))).toEqual([])
  })

  it('counts a batch once if two workers published it', () => {
    const first = delivery({})
    expect(counted(first, { ...first, worker: 'w2' })).toEqual([first])
  })

  it('counts batches whose reading knew of the batches before', () => {
    const older = delivery({ exportId: 'b', stamp: 5 })
    const newer = delivery({ after: 5 })
    expect(counted(older, newer)).toEqual([newer])
  })

  it('leaves out batches of two workers that read the same SKUs at once, of any export', () => {
    const mine = delivery({ after: 3, stamp: 10 })
    const other = delivery({ exportId: 'b', after: 4, stamp: 11 })
    expect(counted(mine, other)).toEqual([])
    expect(countedBatches('b', 'own', 'f', [mine, other])).toEqual([])
    expect(counted(mine, { ...other, from: 100, to: 200 })).toEqual([mine])
  })

  it('treats all page batches of Centra as overlapping, since pages of two readings differ', () => {
    const mine = delivery({ source: 'centra', from: 0, to: 3, after: 3, stamp: 10 })
    const other = delivery({ source: 'centra', exportId: 'b', from: 5, to: 9, after: 4, stamp: 11 })
    const centra = (...all: BatchReceipt[]) => countedBatches('a', 'centra', 'f', all)
    expect(centra(mine, other)).toEqual([])
    expect(centra(mine, { ...other, after: 10 })).toEqual([mine])
  })

  it('ignores concurrent batches of another source, unless the settings changed', () => {
    const mine = delivery({ after: 3, stamp: 10 })
    const other = delivery({ source: 'centra', exportId: 'b', after: 4, stamp: 11 })
    expect(counted(mine, other)).toEqual([mine])
    expect(counted(mine, { ...other, basis: 'g.1' })).toEqual([])
  })

  it('leaves out a batch that a started one may have overwritten', () => {
    const begun = delivery({ exportId: 'b', after: 4, stamp: 11, done: false })
    expect(counted(delivery({ after: 3 }), begun)).toEqual([])
  })
})

describe('isDeliverable', () => {
  const { worker: _worker, done: _done, ...part } = delivery({ after: 8, stamp: 10 })

  it('returns true if nothing was started or committed since reading began', () => {
    expect(isDeliverable(part, [])).toBe(true)
    expect(isDeliverable(part, [delivery({ exportId: 'b', stamp: 8 })])).toBe(true)
    expect(isDeliverable(part, [delivery({ exportId: 'b', stamp: 9 })])).toBe(false)
    expect(isDeliverable(part, [delivery({ exportId: 'b', stamp: 9, done: false })])).toBe(false)
  })

  it('returns true for the same batch of another worker only while it is not committed', () => {
    expect(isDeliverable(part, [{ ...part, worker: 'w2', done: false }])).toBe(true)
    expect(isDeliverable(part, [{ ...part, worker: 'w2', done: true }])).toBe(false)
  })
})
