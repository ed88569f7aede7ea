import fc from 'fast-check'
import { momentOf, timestampOf } from '../common/clock'
import { type ChangesName, changesPath, parseChangesPath } from './changeLog'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 22, 10, 17, 31, 250)

const moment = fc.integer({ min: 0, max: 60 * DAY }).map((back) => NOW - back)
const name = fc.record({
  first: moment,
  last: moment,
  uniqueId: fc.hexaString({ minLength: 12, maxLength: 12 }),
  count: fc.nat(20_000),
  kind: fc.constantFrom<ChangesName['kind']>('stock', 'modified'),
})

describe('changesPath', () => {
  it('writes fields that parseChangesPath reads back, and sorts by the last change', () => {
    fc.assert(
      fc.property(name, moment, (one, later) => {
        expect(parseChangesPath(changesPath(one))).toEqual(one)
        expect(changesPath({ ...one, last: later }) > changesPath(one)).toBe(later > one.last)
        expect(momentOf(timestampOf(one.last))).toBe(one.last)
      })
    )
  })
})

describe('parseChangesPath', () => {
  it.each([
    '',
    'x',
    '20261122T101731250~n~stock',
    '20261122T101731250~1~n~2~other',
    '1~1~n~2~stock',
  ])('returns undefined for %p', (path) => expect(parseChangesPath(path)).toBeUndefined())
})
