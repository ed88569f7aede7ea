import { language, t } from './i18n'

/** 12,345 in the user's language. */
export const number = (value: number, digits = 0) =>
  new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(value)

/** 12K */
export const shortNumber = (value: number) =>
  new Intl.NumberFormat(language(), { notation: 'compact', maximumFractionDigits: 1 }).format(value)

/** Date and time in the user's time zone. */
export const moment = (iso: string) =>
  new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeStyle: 'medium' }).format(
    new Date(iso)
  )

/** Day, hour and minute. */
export const shortMoment = (iso: string) =>
  new Intl.DateTimeFormat(language(), {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(new Date(iso))

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

const unitOf = (seconds: number) =>
  UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? (['second', 1] as const)

/** "3 minutes ago", "in 2 hours" */
export function relative(iso: string, now = Date.now()): string {
  const seconds = Math.round((Date.parse(iso) - now) / 1_000)
  const [unit, size] = unitOf(seconds)
  const rounded = Math.trunc(seconds / size)
  return new Intl.RelativeTimeFormat(language(), { numeric: 'auto' }).format(rounded, unit)
}

const inUnit = (value: number, unit: string, digits = 0) =>
  new Intl.NumberFormat(language(), {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: digits,
  }).format(value)

/** "12 ms", "1.4 sec", "3 min 20 sec", "2 hr 5 min" */
export function duration(ms: number): string {
  if (ms < 1_000) return inUnit(Math.round(ms), 'millisecond')
  const seconds = ms / 1_000
  if (seconds < 60) return inUnit(seconds, 'second', seconds < 10 ? 1 : 0)
  const whole = Math.round(seconds)
  const [unit, size] = unitOf(whole)
  const below = UNITS[UNITS.findIndex(([name]) => name === unit) + 1]
  const rest = below ? Math.floor((whole % size) / below[1]) : 0
  const main = inUnit(Math.floor(whole / size), unit)
  return below && rest > 0 ? `${main} ${inUnit(rest, below[0])}` : main
}

/** A count, or a dash where it is unknown. */
export const orDash = (value: number | undefined | null) =>
  value === undefined || value === null ? t('common.none') : number(value)
