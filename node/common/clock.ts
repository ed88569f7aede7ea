import { randomBytes } from 'crypto'
import { setTimeout as sleep } from 'timers/promises'

/** Time and chance, as the engine sees them. */
export interface Clock {
  /** UTC milliseconds. */
  now(): number
  sleep(ms: number): Promise<void>
  /** Calls `action` again and again until the returned function is called. */
  every(ms: number, action: () => void): () => void
  /** A word that nobody else draws. */
  uniqueId(): string
}

const pad = (value: number, digits: number) => String(value).padStart(digits, '0')

/** A moment as text that sorts by time: 20261121T211500123. */
export function timestampText(moment: number): string {
  const at = new Date(moment)
  const date = `${pad(at.getUTCFullYear(), 4)}${pad(at.getUTCMonth() + 1, 2)}${pad(at.getUTCDate(), 2)}`
  const time = `${pad(at.getUTCHours(), 2)}${pad(at.getUTCMinutes(), 2)}${pad(at.getUTCSeconds(), 2)}`
  return `${date}T${time}${pad(at.getUTCMilliseconds(), 3)}`
}

/** The UTC day of a moment: 20261121. */
export const dayOf = (moment: number) => timestampText(moment).slice(0, 8)

const DAY_MS = 86_400_000

/** The UTC days from one moment's to another's. */
export function daysBetween(from: number, to: number): string[] {
  const days: string[] = []
  for (let at = from; dayOf(at) <= dayOf(to); at += DAY_MS) days.push(dayOf(at))
  return days
}

/** The machine's time. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms) => {
    await sleep(ms)
  },
  every: (ms, action) => {
    const timer = setInterval(action, ms)
    return () => clearInterval(timer)
  },
  uniqueId: () => randomBytes(6).toString('hex'),
}
