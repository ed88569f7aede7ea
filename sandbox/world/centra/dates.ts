import { IANAZone } from 'luxon'
import type { CentraBehaviour } from './behaviour'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 86_400_000
/** More than any time zone's offset from UTC. */
const MAX_OFFSET = 15 * 60 * MINUTE

/** Clock and time zone of a company. */
export type Clock = Pick<CentraBehaviour, 'timeZone' | 'clockSkew' | 'dates' | 'after'>

const FORM = /^(\d{4})-(\d{2})-(\d{2})(?: (\d{2}):(\d{2}):(\d{2}))?$/

/**
 * Parses `YYYY-mm-dd` or `YYYY-mm-dd HH:MM:SS` as if it were UTC, in milliseconds; undefined for any other form and for
 * dates that do not exist.
 */
export function parseWallTime(text: string): number | undefined {
  const [, ...fields] = FORM.exec(text) ?? []
  const [year = 0, month = 0, ...rest] = fields.map((field) => Number(field ?? 0))
  const wall = Date.UTC(year, month - 1, ...rest)
  return fields.length > 0 && textOf(wall).startsWith(text) ? wall : undefined
}

const textOf = (wall: number) => new Date(wall).toISOString().slice(0, 19).replace('T', ' ')

/** Formats a time as the company's database does, `YYYY-mm-dd HH:MM:SS`. */
export function wallTimeText(moment: number, { timeZone, clockSkew }: Clock): string {
  const seen = moment + clockSkew
  return textOf(seen + offsetAt(IANAZone.create(timeZone), seen))
}

/** Returns whether a time is after a wall time of the company, compared as `clock` says. */
export function isAfter(moment: number, wall: number, clock: Clock): boolean {
  // The company's database stores whole seconds.
  const seen = Math.floor((moment + clock.clockSkew) / SECOND) * SECOND
  // Time zone offsets are slow: computed only if they can matter.
  if (Math.abs(seen - wall) > MAX_OFFSET) return seen > wall
  const zone = IANAZone.create(clock.timeZone)
  const distance =
    clock.dates === 'wallClock'
      ? seen + offsetAt(zone, seen) - wall
      : seen - momentOf(wall, zone, clock.dates)
  return clock.after === 'inclusive' ? distance >= 0 : distance > 0
}

/** The time of a wall time; one that is skipped by daylight saving is taken with the offset before. */
function momentOf(wall: number, zone: IANAZone, which: 'first' | 'second'): number {
  const before = wall - offsetAt(zone, wall - DAY)
  const after = wall - offsetAt(zone, wall + DAY)
  const found = [before, after].filter((moment) => moment + offsetAt(zone, moment) === wall)
  if (found.length === 0) return before
  return which === 'first' ? Math.min(...found) : Math.max(...found)
}

const offsetAt = (zone: IANAZone, moment: number) => zone.offset(moment) * MINUTE
