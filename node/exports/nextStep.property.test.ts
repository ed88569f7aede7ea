import fc from 'fast-check'
import { ALL, after, NOW, state } from '../../tests/exports/states'
import { SOURCES, type SourceName } from '../sources/source'
import {
  type ExportState,
  isAbandoned,
  nextStep,
  type QueueState,
  type SourceState,
  type Step,
  TIMEOUT_MS,
} from './nextStep'

const setbackTimes = fc
  .array(fc.nat(2 * TIMEOUT_MS), { maxLength: 16 })
  .map((ages) => ages.sort((a, b) => b - a).map((age) => NOW - age))

const sourceState = (source: SourceName): fc.Arbitrary<SourceState> =>
  fc.record({
    source: fc.constant(source),
    listed: fc.boolean(),
    basis: fc.constant('f.n'),
    gap: fc.constantFrom(ALL, ALL, undefined),
    attempts: setbackTimes,
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
      attempts: setbackTimes,
    })
    .map((given) => (given.planned ? given : { ...given, sources: [] }))

const IDS = ['a', 'b', 'c', 'd', 'e', 'f']

/** Any line. Whoever answers for others is open and answered by nobody. */
const line: fc.Arbitrary<QueueState> = fc
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

const isOver = (state: SourceState) => (state.listed && !state.gap) || isAbandoned(state)

const hasEnded = ({ cancelled, coveredBy, attempts, planned, sources }: ExportState) =>
  cancelled ||
  (!coveredBy && triedFor(attempts) >= TIMEOUT_MS) ||
  (planned && sources.every(isOver) && waitsUntil(attempts) <= NOW)

/** Between two tries a hundred seconds count at most. */
const triedFor = ([first = 0, ...others]: readonly number[]) => {
  let tried = 0
  let before = first
  for (const at of others) {
    tried += at - before > 100_000 ? 100_000 : at - before
    before = at
  }
  return tried
}

/** One second after the first failed attempt, then twice as long each time, a minute at most. */
const waitsUntil = (attempts: readonly number[]) =>
  (attempts.at(-1) ?? 0) + (attempts.length && Math.min(60_000, 1_000 * 2 ** (attempts.length - 1)))

describe('nextStep for any queue', () => {
  const always = (holds: (action: Step, given: QueueState) => void) =>
    fc.assert(
      fc.property(line, (given) => holds(nextStep(given), given)),
      { numRuns: 1_000 }
    )

  it('returns idle only if no export is open', () => {
    always((action, { exports }) => expect(action.kind === 'idle').toBe(exports.length === 0))
  })

  it('finishes an ended export before anything else', () => {
    always((action, { exports }) => {
      const ended = exports.filter(hasEnded).map(({ exportId }) => exportId)
      expect(action.kind === 'finish').toBe(ended.length > 0)
      if (action.kind === 'finish') expect(action.exportId).toBe(ended[0])
    })
  })

  it('never tries a source before its backoff is over', () => {
    always((action, { exports }) => {
      if (action.kind !== 'read' && action.kind !== 'list') return
      const chosen = exports.find(({ exportId }) => exportId === action.exportId)
      const source = chosen?.sources.find((each) => each.source === action.source)
      expect(source && !isOver(source) && waitsUntil(source.attempts) <= NOW).toBe(true)
    })
  })

  it('waits only for a time in the future', () => {
    always((action) => {
      if (action.kind === 'wait') expect(action.until).toBeGreaterThan(NOW)
    })
  })
})

describe('nextStep with many small exports', () => {
  it('gives at least every fourth batch to the oldest full export', () => {
    const batches = fc.array(fc.nat(3), { minLength: 8, maxLength: 40 })
    fc.assert(
      fc.property(batches, (arrivals) => {
        const recent: string[] = []
        for (const small of arrivals) {
          const smalls = Array.from({ length: small }, (_, index) =>
            state(`small${index}`, { small: true })
          )
          const action = after([state('full1'), ...smalls, state('full2')], recent)
          if (action.kind !== 'read') throw new Error(`expected a batch, not ${action.kind}`)
          recent.unshift(action.exportId)
        }
        for (let start = 0; start + 4 <= recent.length; start++) {
          expect(recent.slice(start, start + 4)).toContain('full1')
        }
      })
    )
  })
})
