import type { Report } from './exports'

/** How far an export got at a moment. */
export interface Progress {
  report: Report
  /** SKUs whose stock was asked for, a live number; the report counts whole slices. */
  asked: number
  /** Seconds since the export was accepted. */
  seconds: number
}

/** One line: SKUs read of those planned, offers sent, speed, time left. */
export function progressLine({ report, asked, seconds }: Progress): string {
  const { planned, read } = report.skus
  if (planned === undefined) return `waiting its turn, then listing the catalog · ${clock(seconds)}`
  // SKUs that are read again after a kill would otherwise count twice.
  const done = Math.max(read, Math.min(planned, asked))
  const rate = done / Math.max(seconds, 0.001)
  const left = rate > 0 ? clock((planned - done) / rate) : '?'
  const share = planned === 0 ? 100 : Math.floor((100 * done) / planned)
  return [
    `${number(done)} of ${number(planned)} SKUs read (${share}%)`,
    `${number(report.offers.sent)} offers sent`,
    `${number(Math.round(rate))} SKUs/s`,
    `${left} left`,
  ].join(' · ')
}

/** A number with its thousands apart. */
export function number(value: number): string {
  return value.toLocaleString('en-US')
}

/** Seconds as m:ss. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
