import { randomBytes } from 'crypto'
import { setTimeout as sleep } from 'timers/promises'

/** Time and chance for the engine. */
export interface Clock {
  /** UTC milliseconds. */
  now(): number
  sleep(ms: number): Promise<void>
  /** Calls `action` again and again until the returned function is called. */
  every(ms: number, action: () => void): () => void
  /** A word that is drawn only once. */
  uniqueId(): string
}

/** A moment, UTC milliseconds, as ISO 8601. */
export const iso = (moment: number) => new Date(moment).toISOString()

/** A moment as text that sorts by time: 20261121T211500123. */
export const timestampOf = (moment: number) => iso(moment).replace(/[-:.Z]/g, '')

const TIMESTAMP = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})$/

/** The UTC milliseconds of a text that {@link timestampOf} wrote; undefined for another text. */
export const momentOf = (timestamp: string): number | undefined =>
  TIMESTAMP.test(timestamp)
    ? Date.parse(timestamp.replace(TIMESTAMP, '$1-$2-$3T$4:$5:$6.$7Z'))
    : undefined

/** The second of a moment that {@link timestampOf} wrote, with or without its T and what follows the second; else NaN. */
export const secondOf = (timestamp: string) =>
  Date.parse(
    timestamp.replace(/^(\d{4})(\d\d)(\d\d)T?(\d\d)(\d\d)(\d\d)(\d{3})?$/, '$1-$2-$3T$4:$5:$6Z')
  )

/** The UTC day of a moment: 20261121. */
export const dayOf = (moment: number) => timestampOf(moment).slice(0, 8)

const DAY_MS = 86_400_000

/** All UTC days from one moment to another. */
export function daysBetween(from: number, to: number): string[] {
  const days: string[] = []
  for (let at = from; dayOf(at) <= dayOf(to); at += DAY_MS) days.push(dayOf(at))
  return days
}

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => sleep(ms),
  every: (ms, action) => {
    const timer = setInterval(action, ms)
    return () => clearInterval(timer)
  },
  uniqueId: () => randomBytes(6).toString('hex'),
}
