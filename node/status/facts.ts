import { CronExpressionParser } from 'cron-parser'
import { endedReportOf } from '../exports/endedReports'
import { type Summary, withMissing } from '../exports/summary'
import type { ScheduleState } from '../schedules/reconcile'
import type { Documents } from '../state/documents'
import { CALLS_UNTIL_LATE, type Facts } from './health'

/** What the judgement goes by, as a summary of the exports has it. */
export function factsOf(
  { lastUpdate, lastFullExport, failed, held, drop, manualAction }: Summary,
  around: Pick<Facts, 'now' | 'schedules' | 'delivers' | 'settingsProblem'>
): Facts {
  const successes = [lastUpdate, lastFullExport].flatMap((each) => each?.endedAt ?? [])
  return {
    ...around,
    ...{ held, drop, manualAction: manualAction ?? { skus: 0, rows: 0 } },
    lastUpdateCalls: callsOf(around.schedules.update, around.now).last,
    lastSuccessAt: successes.sort((a, b) => b - a)[0],
    failed: Object.entries(failed).map(([route, { exportId, at, code }]) => {
      return { route, exportId, endedAt: at, code }
    }),
  }
}

/**
 * Another worker may have written an older summary over a newer one: the latest reports are added.
 * @param names of reports in the folder `ended`
 * @param most reports that are read
 */
export function withLatest(
  documents: Documents,
  summary: Summary,
  names: readonly string[],
  most: number
): Promise<Summary> {
  const [oldestKnown = ''] = summary.reports
  const missing = names
    .map((name) => name.slice('YYYYMMDD/'.length))
    .filter((id) => id > oldestKnown && !summary.reports.includes(id))
    .sort()
  return withMissing(summary, missing.slice(-most), (id) => endedReportOf(documents, id))
}

/**
 * The next calls of a schedule, and the last ones, newest first: UTC milliseconds. By UTC, since VTEX documents no time
 * zone.
 */
export function callsOf(schedule: ScheduleState, now: number): { next: number[]; last: number[] } {
  if (!('expression' in schedule)) return { next: [], last: [] }
  const calls = () =>
    CronExpressionParser.parse(schedule.expression, { tz: 'UTC', currentDate: new Date(now) })
  const [coming, past] = [calls(), calls()]
  const times = (call: () => { getTime(): number }) =>
    Array.from({ length: CALLS_UNTIL_LATE }, () => call().getTime())
  return { next: times(() => coming.next()), last: times(() => past.prev()) }
}
