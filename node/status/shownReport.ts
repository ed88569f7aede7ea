import { omit, pick } from 'ramda'
import { type ExportReport, type ExportSummary, exportSummary } from '../exports/exportAnswers'
import type { LastError, Report } from '../exports/report'

/** A report as `GET /exports/:exportId` responds it. @param now UTC milliseconds */
export const shownReport = (report: Report, now: number): ExportReport => ({
  ...omit(['batches'], report),
  ...durationOf(report, now),
})

const SUMMARY_FIELDS = exportSummary.keyof().options

/** A report as `GET /exports` lists it. @param now UTC milliseconds */
export function summaryOf(report: Report, now: number): ExportSummary {
  const of = Object.values(report.sources)
  const error = report.error ?? of.find((source) => source.error)?.error
  const lastError = report.lastError ?? latest(of.flatMap((source) => source.lastError ?? []))
  return {
    ...pick(SUMMARY_FIELDS, report),
    ...durationOf(report, now),
    ...(error && { error }),
    ...(lastError && { lastError }),
  }
}

const latest = (errors: readonly LastError[]): LastError | undefined =>
  [...errors].sort((a, b) => (a.nextTryAt < b.nextTryAt ? 1 : -1))[0]

function durationOf({ startedAt, endedAt, durationMs }: Report, now: number) {
  if (durationMs !== undefined || startedAt === undefined) return {}
  const end = endedAt === undefined ? now : Date.parse(endedAt)
  return { durationMs: Math.max(0, end - Date.parse(startedAt)) }
}
