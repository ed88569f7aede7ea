import fc from 'fast-check'

import { stampText } from '../exports/clock'
import {
  type ChangeKind,
  logPath,
  momentOf,
  parseLogPath,
  parsePendingPath,
  pendingPath,
  stampPrefixes,
} from './names'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const NOW = Date.UTC(2026, 10, 22, 10, 17, 31, 250)

const moment = fc.integer({ min: 0, max: 60 * DAY }).map((back) => NOW - back)
const kind = fc.constantFrom<ChangeKind>('stock', 'modified', 'carried')
const logKind = fc.constantFrom('stock' as const, 'modified' as const)
const nonce = fc.hexaString({ minLength: 12, maxLength: 12 })

describe('the names of changes', () => {
  it('say what the document is about, and sort by time', () => {
    fc.assert(
      fc.property(moment, moment, nonce, kind, logKind, (at, later, word, what, logged) => {
        const pending = { at, nonce: word, kind: what }
        expect(parsePendingPath(pendingPath(pending))).toEqual(pending)
        const log = { first: at, last: later, nonce: word, kind: logged }
        expect(parseLogPath(logPath(log))).toEqual(log)
        expect(pendingPath({ ...pending, at: later }) > pendingPath(pending)).toBe(later > at)
        expect(momentOf(stampText(at))).toBe(at)
      })
    )
  })

  it.each(['', 'x', '20261122T101731250', '20261122T101731250~n~other', '20261122~n~stock'])(
    'of another form (%p) are nobody’s',
    (path) => {
      expect(parsePendingPath(path)).toBeUndefined()
      expect(parseLogPath(path)).toBeUndefined()
    }
  )

  it('of a stretch of time are found by a few prefixes, whatever its length', () => {
    fc.assert(
      fc.property(
        moment,
        fc.integer({ min: 0, max: 31 * DAY }),
        fc.nat(1000),
        (from, length, at) => {
          const to = from + length
          const prefixes = stampPrefixes(from, to)
          expect(prefixes.length).toBeLessThanOrEqual(50)
          const holds = (stamp: number) =>
            prefixes.filter((prefix) => stampText(stamp).startsWith(prefix)).length
          expect(holds(from)).toBe(1)
          expect(holds(to)).toBe(1)
          expect(holds(from + Math.floor((length * at) / 1000))).toBe(1)
          // Little besides: less than a minute, or a share of the stretch.
          const beside = Math.max(MINUTE, length / 2)
          expect(holds(from - beside - 1)).toBe(0)
          expect(holds(to + beside + 1)).toBe(0)
        }
      ),
      { numRuns: 1_000 }
    )
  })
})
