import { CronExpressionParser } from 'cron-parser'
import { dayOf } from '../common/clock'
import { endedReportOf } from '../exports/endedReports'
import { readSummary, type Summary, withMissing } from '../exports/summary'
import type { ScheduleState } from '../schedules/reconcile'
import type { Documents } from '../state/documents'
import { CALLS_UNTIL_LATE, type Facts } from '../status/health'
import type { Problem } from './alertState'
import { problemsIn } from './problems'

/** Reports that the summary may lack, and that are read at most. */
const MISSING_REPORTS = 4

/**
 * What keeps stock from Intershop now. Most looks read one document; only where it shows a problem, the latest reports
 * are added, since an older summary may have been written over a newer one.
 * @throws {StateError}
 */
export async function problemsNow(
  documents: Documents,
  schedules: Facts['schedules'],
  now: number
): Promise<Problem[]> {
  const summary = await readSummary(documents)
  // Without one no export has ended; or it was lost, and the next end writes it anew.
  if (summary === undefined) return problemsIn(factsOf(undefined, schedules, now))
  const problems = problemsIn(factsOf(summary, schedules, now))
  if (problems.length === 0) return problems
  return problemsIn(factsOf(await withLatest(documents, summary, now), schedules, now))
}

async function withLatest(documents: Documents, summary: Summary, now: number): Promise<Summary> {
  const [oldestKnown = ''] = summary.reports
  const names = await documents.list('ended', `${dayOf(now)}/`)
  const missing = names
    .map((name) => name.slice('YYYYMMDD/'.length))
    .filter((id) => id > oldestKnown && !summary.reports.includes(id))
    .slice(-MISSING_REPORTS)
  return withMissing(summary, missing, (id) => endedReportOf(documents, id))
}

function factsOf(summary: Summary | undefined, schedules: Facts['schedules'], now: number): Facts {
  const successes = [summary?.lastUpdate, summary?.lastFullExport].flatMap(
    (each) => each?.endedAt ?? []
  )
  return {
    ...{ now, schedules, delivers: true, drop: summary?.drop },
    held: summary?.held ?? { own: 0, centra: 0, sellers: 0 },
    manualAction: { skus: 0, rows: 0 },
    lastUpdateCalls: lastCalls(schedules.update, now),
    lastSuccessAt: successes.sort((a, b) => a - b).at(-1),
    failed: Object.entries(summary?.failed ?? {}).map(([route, { exportId, at, code }]) => {
      return { route, exportId, endedAt: at, code }
    }),
  }
}

/** When a schedule should have called the last times, newest first, by UTC: VTEX documents no time zone. */
function lastCalls(schedule: ScheduleState, now: number): number[] {
  if (!('expression' in schedule)) return []
  const calls = CronExpressionParser.parse(schedule.expression, {
    tz: 'UTC',
    currentDate: new Date(now),
  })
  return Array.from({ length: CALLS_UNTIL_LATE }, () => calls.prev().getTime())
}
