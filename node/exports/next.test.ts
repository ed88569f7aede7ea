import fc from 'fast-check'

import { END } from './names'
import { type Action, type ExportState, type LineState, next, PATIENCE_MS } from './next'

const NOW = Date.UTC(2026, 10, 21, 20)
const ALL = { from: 0, to: END }

const state = (exportId: string, more: Partial<ExportState> = {}): ExportState => ({
  exportId,
  small: false,
  cancelled: false,
  planned: true,
  gap: ALL,
  setbacks: [],
  ...more,
})

const partOf = (exportId: string) => ({
  exportId,
  from: 0,
  to: 10,
  after: 0,
  stamp: 1,
  basis: 'f',
  nonce: 'n',
})

const after = (exports: ExportState[], recent: string[] = []) => next({ now: NOW, exports, recent })

describe('the next step', () => {
  it('is none where no export is open', () => {
    expect(after([])).toEqual({ kind: 'idle' })
  })

  it('is a plan, then reading the first gap, then delivering what was read, then the end', () => {
    expect(after([state('a', { planned: false })])).toEqual({ kind: 'plan', exportId: 'a' })
    expect(after([state('a')])).toEqual({ kind: 'read', exportId: 'a', range: ALL })
    const deliverable = partOf('a')
    expect(after([state('a', { deliverable })])).toEqual({ kind: 'deliver', part: deliverable })
    expect(after([state('a', { gap: undefined })])).toEqual({
      kind: 'finish',
      exportId: 'a',
      outcome: 'delivered',
    })
  })

  it('is for the small ones first, and among them for the oldest', () => {
    const exports = [state('full'), state('s1', { small: true }), state('s2', { small: true })]
    expect(after(exports)).toMatchObject({ kind: 'read', exportId: 's1' })
  })

  it('is not for an export that another one answers', () => {
    const exports = [state('a', { small: true, planned: false, coveredBy: 'b' }), state('b')]
    expect(after(exports)).toMatchObject({ kind: 'read', exportId: 'b' })
  })

  it('comes later after each setback, meanwhile others get on', () => {
    const once = state('a', { setbacks: [NOW] })
    const thrice = state('a', { setbacks: [NOW - 3, NOW - 2, NOW] })
    expect(after([once])).toEqual({ kind: 'wait', until: NOW + 1_000 })
    expect(after([thrice])).toEqual({ kind: 'wait', until: NOW + 4_000 })
    expect(after([once, state('b')])).toMatchObject({ kind: 'read', exportId: 'b' })
    const often = state('a', { setbacks: Array(40).fill(NOW) })
    expect(after([often])).toEqual({ kind: 'wait', until: NOW + 60_000 })
  })

  it('is the end of one that was cancelled, or did not get on for ten minutes', () => {
    const deliverable = partOf('a')
    expect(after([state('a', { cancelled: true, deliverable })])).toMatchObject({
      kind: 'finish',
      outcome: 'cancelled',
    })
    const setbacks = [NOW - 5 - PATIENCE_MS, NOW - 5]
    expect(after([state('a', { setbacks, deliverable })])).toMatchObject({
      kind: 'finish',
      outcome: 'failed',
    })
  })

  it('is another try where nobody tried for ten minutes', () => {
    const setbacks = [NOW - 2 * PATIENCE_MS]
    expect(after([state('a', { setbacks })])).toMatchObject({ kind: 'read', exportId: 'a' })
  })

  it('does not lose patience with an export that another one answers', () => {
    const setbacks = [NOW - PATIENCE_MS, NOW]
    const exports = [state('a', { planned: false, coveredBy: 'b', setbacks }), state('b')]
    expect(after(exports)).toMatchObject({ kind: 'read', exportId: 'b' })
  })
})

const exportState = (exportId: string): fc.Arbitrary<ExportState> =>
  fc.record({
    exportId: fc.constant(exportId),
    small: fc.boolean(),
    cancelled: fc.boolean(),
    planned: fc.boolean(),
    gap: fc.constantFrom(ALL, ALL, undefined),
    deliverable: fc.constantFrom(undefined, undefined, partOf(exportId)),
    setbacks: fc
      .array(fc.nat(PATIENCE_MS + 1_000), { maxLength: 8 })
      .map((ages) => ages.sort((a, b) => b - a).map((age) => NOW - age)),
  })

const IDS = ['a', 'b', 'c', 'd', 'e', 'f']

/** Any line. Whoever answers for others is open and answered by nobody. */
const line: fc.Arbitrary<LineState> = fc
  .record({
    exports: fc
      .integer({ min: 0, max: IDS.length })
      .chain((count) => fc.tuple(...IDS.slice(0, count).map(exportState))),
    covers: fc.array(fc.boolean(), { minLength: IDS.length, maxLength: IDS.length }),
    recent: fc.array(fc.constantFrom(...IDS, 'ended'), { maxLength: 5 }),
  })
  .map(({ exports, covers, recent }) => ({
    now: NOW,
    recent,
    exports: exports.map((entry, index) =>
      covers[index] && index > 0 ? { ...entry, coveredBy: exports[0]?.exportId } : entry
    ),
  }))

const hasEnded = ({ cancelled, coveredBy, setbacks, planned, gap }: ExportState) =>
  cancelled ||
  (!coveredBy && (setbacks.at(-1) ?? 0) - (setbacks[0] ?? 0) >= PATIENCE_MS) ||
  (planned && gap === undefined && waitsUntil(setbacks) <= NOW)

/** One second after the first setback, then twice as long each time, a minute at most. */
const waitsUntil = (setbacks: readonly number[]) =>
  (setbacks.at(-1) ?? 0) + (setbacks.length && Math.min(60_000, 1_000 * 2 ** (setbacks.length - 1)))

describe('whatever the line looks like, the next step', () => {
  const always = (holds: (action: Action, given: LineState) => void) =>
    fc.assert(
      fc.property(line, (given) => holds(next(given), given)),
      { numRuns: 1_000 }
    )

  it('is idle only where no export is open', () => {
    always((action, { exports }) => expect(action.kind === 'idle').toBe(exports.length === 0))
  })

  it('ends what has ended before anything else', () => {
    always((action, { exports }) => {
      const ended = exports.filter(hasEnded).map(({ exportId }) => exportId)
      expect(action.kind === 'finish').toBe(ended.length > 0)
      if (action.kind === 'finish') expect(action.exportId).toBe(ended[0])
    })
  })

  it('reads nothing while a part waits to be delivered', () => {
    always((action, { exports }) => {
      if (exports.some(({ deliverable }) => deliverable)) {
        expect(['deliver', 'wait', 'finish']).toContain(action.kind)
      }
    })
  })

  it('is waited for until a moment that is still to come', () => {
    always((action) => {
      if (action.kind === 'wait') expect(action.until).toBeGreaterThan(NOW)
    })
  })
})

describe('a line of many small exports', () => {
  it('gives at least every fourth slice to the oldest full one', () => {
    const slices = fc.array(fc.nat(3), { minLength: 8, maxLength: 40 })
    fc.assert(
      fc.property(slices, (arrivals) => {
        const recent: string[] = []
        for (const small of arrivals) {
          const smalls = Array.from({ length: small }, (_, index) =>
            state(`small${index}`, { small: true })
          )
          const action = after([state('full1'), ...smalls, state('full2')], recent)
          if (action.kind !== 'read') throw new Error(`expected a slice, not ${action.kind}`)
          recent.unshift(action.exportId)
        }
        for (let start = 0; start + 4 <= recent.length; start++) {
          expect(recent.slice(start, start + 4)).toContain('full1')
        }
      })
    )
  })
})
