import fc from 'fast-check'
import { DateTime } from 'luxon'
import { stockModifiedSince } from './centraStock'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const FORM = 'yyyy-MM-dd HH:mm:ss'

/** A moment within three hours of the change of clocks that follows within half a year, if one does. */
function nearChange(moment: number, zone: string): number {
  const offsetAt = (at: number) => DateTime.fromMillis(at, { zone }).offset
  let [before, after] = [moment, moment + 183 * 24 * HOUR]
  if (offsetAt(before) === offsetAt(after)) return moment
  while (after - before > SECOND) {
    const middle = Math.floor((before + after) / 2)
    if (offsetAt(middle) === offsetAt(before)) before = middle
    else after = middle
  }
  return after + ((moment % (6 * HOUR)) - 3 * HOUR)
}

/** What a clock on the wall shows. */
const shown = (moment: number, zone: string) =>
  DateTime.fromMillis(moment, { zone, locale: 'en' }).toFormat(FORM)

/** The moments at which a clock on the wall shows a time: none, one or two. */
function momentsOf(text: string, zone: string): number[] {
  const asUtc = DateTime.fromFormat(text, FORM, { zone: 'utc', locale: 'en' }).toMillis()
  const around = [-26, -13, 0, 13, 26].map((hours) => asUtc + hours * HOUR)
  const offsets = around.map((at) => DateTime.fromMillis(at, { zone }).offset * MINUTE)
  const moments = [...new Set(offsets)].map((offset) => asUtc - offset)
  return moments.filter((at) => shown(at, zone) === text).sort((one, other) => one - other)
}

/** How far after a told time a server takes what it noted as changed at a moment to be; below 0: before. */
type Distance = (changed: number) => number
type Server = (told: string, zone: string) => Distance

/** @param reading the moment that a told time is taken for; none where that is a time that no clock shows */
const converting =
  (reading: (moments: number[]) => number | undefined): Server =>
  (told, zone) => {
    const from = reading(momentsOf(told, zone))
    return (changed) => changed - (from ?? Number.POSITIVE_INFINITY)
  }

const SERVERS: Record<string, Server> = {
  'compares texts': (told, zone) => (changed) => {
    const text = shown(changed, zone)
    return text === told ? 0 : text > told ? 1 : -1
  },
  'takes a time that comes twice for the first': converting((moments) => moments[0]),
  'takes a time that comes twice for the second': converting((moments) => moments.at(-1)),
}
const AFTER: Record<string, (distance: number) => boolean> = {
  'the moment included': (distance) => distance >= 0,
  'the moment excluded': (distance) => distance > 0,
}
const EACH = Object.entries(SERVERS).flatMap(([server, distanceFrom]) =>
  Object.entries(AFTER).map(([after, isAfter]) => ({ server, distanceFrom, after, isAfter }))
)

/** Minutes by which the server's clock is wrong. */
const SKEWS = [-9, 0, 9]
/** How long after the moment something changes. */
const LATER = Array.from({ length: 40 }, (_, index) => index * 5 * MINUTE)

/** Of 2026, UTC. */
const CHANGES = {
  'Europe/Stockholm': {
    'summer time begins': '2026-03-29T01:00:00Z',
    'summer time ends': '2026-10-25T01:00:00Z',
  },
  'America/New_York': {
    'summer time begins': '2026-03-08T07:00:00Z',
    'summer time ends': '2026-11-01T06:00:00Z',
  },
}
const EVERY = Object.entries(CHANGES).flatMap(([zone, changes]) =>
  Object.entries(changes).map(([what, at]) => ({ zone, what, at: Date.parse(at) }))
)

describe('stockModifiedSince', () => {
  it.each([
    ['an ordinary moment', '2026-07-01T12:00:00Z', 'Europe/Stockholm', '2026-07-01 13:50:00'],
    ['an ordinary moment', '2026-01-01T00:05:00Z', 'America/New_York', '2025-12-31 18:55:00'],
    ['a part of a second', '2026-07-01T12:00:00.999Z', 'UTC', '2026-07-01 11:50:00'],
    // Stockholm: at 01:00 UTC clocks go from 02:00 to 03:00.
    ['before the spring', '2026-03-29T01:09:59Z', 'Europe/Stockholm', '2026-03-29 01:59:59'],
    ['after the spring', '2026-03-29T01:10:00Z', 'Europe/Stockholm', '2026-03-29 03:00:00'],
    // Stockholm: at 01:00 UTC clocks go from 03:00 back to 02:00.
    ['a day before it ends', '2026-10-24T01:00:00Z', 'Europe/Stockholm', '2026-10-24 02:50:00'],
    ['within a day of it', '2026-10-24T20:00:00Z', 'Europe/Stockholm', '2026-10-24 20:50:00'],
    ['the hour before', '2026-10-25T00:40:00Z', 'Europe/Stockholm', '2026-10-25 01:30:00'],
    ['the hour after', '2026-10-25T01:40:00Z', 'Europe/Stockholm', '2026-10-25 02:30:00'],
    // New York: at 07:00 UTC clocks go from 02:00 to 03:00, at 06:00 UTC from 02:00 back to 01:00.
    ['before the spring', '2026-03-08T07:09:59Z', 'America/New_York', '2026-03-08 01:59:59'],
    ['after the spring', '2026-03-08T07:10:00Z', 'America/New_York', '2026-03-08 03:00:00'],
    ['the hour before', '2026-11-01T05:40:00Z', 'America/New_York', '2026-11-01 00:30:00'],
    ['the hour after', '2026-11-01T06:40:00Z', 'America/New_York', '2026-11-01 01:30:00'],
  ])('maps %s, %s in %s, to %s', (_, moment, zone, told) => {
    expect(stockModifiedSince(Date.parse(moment), zone)).toBe(told)
  })

  describe.each(EVERY)('in $zone, around the time when $what,', ({ zone, at }) => {
    const moments = Array.from({ length: 100 }, (_, index) => at + (index - 50) * 3 * MINUTE)

    it.each(EACH)('covers a server that $server, $after', ({ distanceFrom, isAfter }) => {
      for (const moment of moments) {
        const told = stockModifiedSince(moment, zone)
        const distance = distanceFrom(told, zone)
        const missed = SKEWS.flatMap((skew) =>
          LATER.map((later) => moment + later + skew * MINUTE).filter(
            (at) => !isAfter(distance(at))
          )
        )
        expect([told, missed.map((at) => shown(at, zone))]).toEqual([told, []])
      }
    })

    it('returns a time that clocks show, at most an hour earlier than necessary', () => {
      for (const moment of moments) {
        const [first = 0] = momentsOf(stockModifiedSince(moment, zone), zone)
        expect(moment - first).toBeLessThanOrEqual(10 * MINUTE + HOUR)
      }
    })
  })

  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
  const ms = (text: string) => Date.parse(text)
  const moments = fc.integer({ min: ms('2000-01-01'), max: ms('2037-12-31') })
  const aYear = { min: 0, max: 366 * 24 * HOUR }
  const slightly = { min: -9 * MINUTE, max: 9 * MINUTE }

  it.each(EACH)(
    'covers a server that $server, $after, at any time in any zone',
    ({ distanceFrom, isAfter }) => {
      fc.assert(
        fc.property(
          zones,
          moments,
          fc.oneof(fc.integer({ min: 0, max: 3 * HOUR }), fc.integer(aYear)),
          fc.integer(slightly),
          (zone, somewhen, later, skew) => {
            const moment = nearChange(somewhen, zone)
            const told = stockModifiedSince(moment, zone)
            expect(momentsOf(told, zone)).not.toEqual([])
            expect(isAfter(distanceFrom(told, zone)(moment + later + skew))).toBe(true)
          }
        ),
        { numRuns: 1_000 }
      )
    }
  )
})
