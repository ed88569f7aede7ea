import type { LastError, Report } from '../exports/report'
import type { ExportReport, ExportSummary } from './exportAnswers'

/** A report as `GET /exports/:exportId` responds it. @param now UTC milliseconds */
export function shownReport(report: Report, now: number): ExportReport {
  const { batches: _batches, traffic, ...shown } = report
  return {
    ...shown,
    ...durationOf(report, now),
    ...(traffic && { traffic: traffic as NonNullable<ExportReport['traffic']> }),
  }
}

/** A report as `GET /exports` lists it. @param now UTC milliseconds */
export function summaryOf(report: Report, now: number): ExportSummary {
  const { exportId, route, scope, status, trigger, dryRun, force } = report
  const { acceptedAt, startedAt, endedAt, coveredBy, skus, offers, drift, files } = report
  const of = Object.values(report.sources)
  const error = report.error ?? of.find((source) => source.error)?.error
  const lastError = report.lastError ?? latest(of.flatMap((source) => source.lastError ?? []))
  return {
    ...{ exportId, route, scope, status, trigger, dryRun, force, acceptedAt },
    ...(startedAt && { startedAt }),
    ...(endedAt && { endedAt }),
    ...durationOf(report, now),
    ...(coveredBy && { coveredBy }),
    ...{ skus, offers, drift, files },
    ...(error && { error }),
    ...(lastError && { lastError }),
  }
}

const latest = (errors: readonly LastError[]): LastError | undefined =>
  [...errors].sort((a, b) => (a.nextTryAt < b.nextTryAt ? 1 : -1))[0]

function durationOf({ startedAt, endedAt, durationMs }: Report, now: number) {
  if (durationMs !== undefined || startedAt === undefined)
    return { ...(durationMs !== undefined && { durationMs }) }
  const end = endedAt === undefined ? now : Date.parse(endedAt)
  return { durationMs: Math.max(0, end - Date.parse(startedAt)) }
}
