import { IANAZone } from 'luxon'
import type { CentraBehaviour } from './behaviour'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 86_400_000
/** No zone is further from UTC. */
const MAX_OFFSET = 15 * 60 * MINUTE

/** How a company tells the time. */
export type Clock = Pick<CentraBehaviour, 'timeZone' | 'clockSkew' | 'dates' | 'after'>

const FORM = /^(\d{4})-(\d{2})-(\d{2})(?: (\d{2}):(\d{2}):(\d{2}))?$/

/**
 * Reads `YYYY-mm-dd` or `YYYY-mm-dd HH:MM:SS` as the milliseconds that it would be in UTC; undefined for any
 * other form, and for a day or a time that no calendar has.
 */
export function parseWallTime(text: string): number | undefined {
  const [, ...fields] = FORM.exec(text) ?? []
  const [year = 0, month = 0, ...rest] = fields.map((field) => Number(field ?? 0))
  const wall = Date.UTC(year, month - 1, ...rest)
  return fields.length > 0 && textOf(wall).startsWith(text) ? wall : undefined
}

const textOf = (wall: number) => new Date(wall).toISOString().slice(0, 19).replace('T', ' ')

/** A moment as the company's database shows it, `YYYY-mm-dd HH:MM:SS`. */
export function wallTimeText(moment: number, { timeZone, clockSkew }: Clock): string {
  const seen = moment + clockSkew
  return textOf(seen + offsetAt(IANAZone.create(timeZone), seen))
}

/** Whether a moment is after a wall time of the company, by the company's ways to compare them. */
export function isAfter(moment: number, wall: number, clock: Clock): boolean {
  // The company's database keeps whole seconds.
  const seen = Math.floor((moment + clock.clockSkew) / SECOND) * SECOND
  // The time zone is asked only where it matters: that is slow.
  if (Math.abs(seen - wall) > MAX_OFFSET) return seen > wall
  const zone = IANAZone.create(clock.timeZone)
  const distance =
    clock.dates === 'wallClock'
      ? seen + offsetAt(zone, seen) - wall
      : seen - momentOf(wall, zone, clock.dates)
  return clock.after === 'inclusive' ? distance >= 0 : distance > 0
}

/** The moment of a wall time. One that the clocks leave out is taken as if they had not been changed yet. */
function momentOf(wall: number, zone: IANAZone, which: 'first' | 'second'): number {
  const before = wall - offsetAt(zone, wall - DAY)
  const after = wall - offsetAt(zone, wall + DAY)
  const found = [before, after].filter((moment) => moment + offsetAt(zone, moment) === wall)
  if (found.length === 0) return before
  return which === 'first' ? Math.min(...found) : Math.max(...found)
}

const offsetAt = (zone: IANAZone, moment: number) => zone.offset(moment) * MINUTE
