import fc from 'fast-check'

import { SOURCES, type SourceName } from '../sources/source'
import { END } from './names'
import {
  type Action,
  type ExportState,
  isGivenUp,
  type LineState,
  next,
  PATIENCE_MS,
  type SourceState,
} from './next'

const NOW = Date.UTC(2026, 10, 21, 20)
const ALL = { from: 0, to: END }

const reading = (source: SourceName, more: Partial<SourceState> = {}): SourceState => ({
  ...{ source, listed: true, basis: 'f.n', gap: ALL, setbacks: [], final: false },
  ...more,
})

const state = (exportId: string, more: Partial<ExportState> = {}): ExportState => ({
  exportId,
  small: false,
  cancelled: false,
  planned: true,
  sources: [reading('own')],
  setbacks: [],
  ...more,
})

const unplanned = { planned: false, sources: [] }

const partOf = (exportId: string) => ({
  exportId,
  source: 'own' as const,
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

  it('is a plan, then a list, then reading the first gap, then delivering what was read, then the end', () => {
    expect(after([state('a', unplanned)])).toEqual({ kind: 'plan', exportId: 'a' })
    const own = { exportId: 'a', source: 'own' }
    const sources = [reading('own', { listed: false })]
    expect(after([state('a', { sources })])).toEqual({ kind: 'list', ...own })
    expect(after([state('a')])).toEqual({ kind: 'read', ...own, range: ALL })
    const deliverable = partOf('a')
    expect(after([state('a', { deliverable })])).toEqual({ kind: 'deliver', part: deliverable })
    expect(after([state('a', { sources: [reading('own', { gap: undefined })] })])).toEqual({
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
    const exports = [state('a', { small: true, ...unplanned, coveredBy: 'b' }), state('b')]
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

  it('is for another source where one had a setback, until that may be tried again', () => {
    const own = reading('own', { setbacks: [NOW] })
    const exports = [state('a', { sources: [own, reading('centra')] })]
    expect(after(exports)).toMatchObject({ kind: 'read', source: 'centra' })
    const centra = reading('centra', { gap: undefined })
    expect(after([state('a', { sources: [own, centra] })])).toEqual({
      kind: 'wait',
      until: NOW + 1_000,
    })
  })

  it('is the end once each source was read or given up, for good or after ten minutes', () => {
    const tired = reading('own', { setbacks: [NOW - 5 - PATIENCE_MS, NOW - 5] })
    const refused = reading('centra', { final: true })
    for (const sources of [
      [tired, refused],
      [reading('own', { gap: undefined }), refused],
    ]) {
      expect(after([state('a', { sources })])).toMatchObject({
        kind: 'finish',
        outcome: 'delivered',
      })
    }
    const sources = [reading('own'), refused]
    expect(after([state('a', { sources })])).toMatchObject({ kind: 'read', source: 'own' })
  })

  it('does not lose patience with an export that another one answers', () => {
    const setbacks = [NOW - PATIENCE_MS, NOW]
    const exports = [state('a', { ...unplanned, coveredBy: 'b', setbacks }), state('b')]
    expect(after(exports)).toMatchObject({ kind: 'read', exportId: 'b' })
  })
})

const setbackTimes = fc
  .array(fc.nat(PATIENCE_MS + 1_000), { maxLength: 8 })
  .map((ages) => ages.sort((a, b) => b - a).map((age) => NOW - age))

const sourceState = (source: SourceName): fc.Arbitrary<SourceState> =>
  fc.record({
    source: fc.constant(source),
    listed: fc.boolean(),
    basis: fc.constant('f.n'),
    gap: fc.constantFrom(ALL, ALL, undefined),
    setbacks: setbackTimes,
    final: fc.boolean(),
  })

const exportState = (exportId: string): fc.Arbitrary<ExportState> =>
  fc
    .record({
      exportId: fc.constant(exportId),
      small: fc.boolean(),
      cancelled: fc.boolean(),
      planned: fc.boolean(),
      sources: fc.tuple(...SOURCES.map(sourceState)),
      deliverable: fc.constantFrom(undefined, undefined, partOf(exportId)),
      setbacks: setbackTimes,
    })
    .map((given) => (given.planned ? given : { ...given, sources: [] }))

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

const isOver = (state: SourceState) => (state.listed && !state.gap) || isGivenUp(state)

const hasEnded = ({ cancelled, coveredBy, setbacks, planned, sources }: ExportState) =>
  cancelled ||
  (!coveredBy && (setbacks.at(-1) ?? 0) - (setbacks[0] ?? 0) >= PATIENCE_MS) ||
  (planned && sources.every(isOver) && waitsUntil(setbacks) <= NOW)

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

  it('is never taken for a source before the time that its setbacks ask for', () => {
    always((action, { exports }) => {
      if (action.kind !== 'read' && action.kind !== 'list') return
      const chosen = exports.find(({ exportId }) => exportId === action.exportId)
      const source = chosen?.sources.find((each) => each.source === action.source)
      expect(source && !isOver(source) && waitsUntil(source.setbacks) <= NOW).toBe(true)
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
