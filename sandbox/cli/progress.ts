import type { Report } from './exports'

/** The progress of a running export. */
export interface Progress {
  report: Report
  /** SKUs whose stock was requested so far; the report counts complete batches only. */
  requested: number
  /** Seconds since the export was accepted. */
  seconds: number
}

/** A status line: SKUs read and planned, offers sent, speed, time left. */
export function progressLine({ report, requested, seconds }: Progress): string {
  const { planned, read } = report.skus
  if (planned === undefined) return `queued; next step: listing the catalog · ${clock(seconds)}`
  // SKUs that are read again after a kill must not count twice.
  const done = Math.max(read, Math.min(planned, requested))
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

/** Formats a number with thousands separators. */
export function number(value: number): string {
  return value.toLocaleString('en-US')
}

/** Formats seconds as m:ss. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
