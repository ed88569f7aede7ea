import fc from 'fast-check'
import { dayOf, daysBetween, timestampText } from './clock'

const moment = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2099, 11, 31) })
const DAY_MS = 86_400_000

describe('timestampText and dayOf', () => {
  it('write date and time in UTC to the millisecond', () => {
    const at = Date.UTC(2026, 1, 3, 4, 5, 6, 7)
    expect(timestampText(at)).toBe('20260203T040506007')
    expect(dayOf(at)).toBe('20260203')
  })

  it('write times that sort as text in order of time', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 40 * DAY_MS }), (at, later) => {
        expect(timestampText(at) < timestampText(at + later)).toBe(true)
      })
    )
  })
})

describe('daysBetween', () => {
  it('returns each day once, both ends included', () => {
    expect(daysBetween(Date.UTC(2026, 1, 27, 23, 59), Date.UTC(2026, 2, 1, 0, 0))).toEqual([
      '20260227',
      '20260228',
      '20260301',
    ])
  })

  it('includes the day of every time between the two ends', () => {
    fc.assert(
      fc.property(
        moment,
        fc.nat(5 * DAY_MS),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (...given) => {
          const [from, length, share] = given
          const days = daysBetween(from, from + length)
          expect(days).toContain(dayOf(from + Math.floor(length * share)))
          expect(days).toEqual([...new Set(days)].sort())
        }
      )
    )
  })
})
