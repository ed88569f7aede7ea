import type { z } from 'zod'
import type { exportReport } from '../node/exports/exportAnswers'
import type { State } from '../node/status/health'

/** Exit codes, as monitoring plugins use them. */
export const OK = 0
export const WARNING = 1
export const ACTION_REQUIRED = 2
export const UNKNOWN = 3

export type ExitCode = typeof OK | typeof WARNING | typeof ACTION_REQUIRED | typeof UNKNOWN

export type Report = z.infer<typeof exportReport>

const STATE_CODES: Record<State, ExitCode> = {
  ok: OK,
  late: WARNING,
  paused: WARNING,
  actionRequired: ACTION_REQUIRED,
}

export const codeOfState = (state: State): ExitCode => STATE_CODES[state]

/** Whether an export has ended; its report no longer changes. */
export const hasEnded = ({ status }: Pick<Report, 'status'>): boolean =>
  status !== 'queued' && status !== 'running' && status !== 'cancelling'

/** Whether an export left something that the app does not correct by itself. */
export const needsAction = (report: Report): boolean =>
  report.status === 'failed' ||
  report.offers.held > 0 ||
  (report.manualAction ?? []).length > 0 ||
  (report.manualActionRows ?? []).length > 0

/** The exit code of an export: of its outcome, or of its state while it runs. */
export function codeOfExport(report: Report): ExitCode {
  if (report.status === 'completed') return OK
  if (!hasEnded(report)) return lastErrors(report).length > 0 ? WARNING : OK
  return needsAction(report) ? ACTION_REQUIRED : WARNING
}

/** The failed attempts that are retried: of the whole export, or of its sources. */
export function lastErrors(report: Report) {
  const bySource = Object.entries(report.sources).flatMap(([source, { lastError }]) =>
    lastError === undefined ? [] : [{ source, ...lastError }]
  )
  if (bySource.length > 0 || report.lastError === undefined) return bySource
  return [{ source: undefined, ...report.lastError }]
}
