import { min, pluck } from 'ramda'
import { dayOf } from '../common/clock'
import { NO_SUMMARY, readSummary, type Summary, withLatest } from '../exports/summary'
import type { Documents } from '../state/documents'
import { type Facts, healthOf } from '../status/health'
import { factsOf } from '../status/status'
import { ALERT_KINDS, type AlertKind, type Problem } from './alertState'

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
  const problemsOf = (summary: Summary) =>
    problemsIn(factsOf(summary, { now, schedules, delivers: true }))
  const summary = await readSummary(documents)
  // Without one no export has ended; or it was lost, and the next end writes it anew.
  const problems = problemsOf(summary ?? NO_SUMMARY)
  if (summary === undefined || problems.length === 0) return problems
  const names = await documents.list('ended', `${dayOf(now)}/`)
  return problemsOf(await withLatest(documents, summary, names, MISSING_REPORTS))
}

/** What keeps stock from Intershop now, each kind once. A pure function. */
export function problemsIn(facts: Facts): Problem[] {
  const { reasons } = healthOf(facts)
  return ALERT_KINDS.flatMap((kind) => {
    const isSchedule = kind === 'schedule_not_registered'
    const own = reasons.filter(
      ({ code }) => code === kind || (isSchedule && code === 'schedule_invalid')
    )
    const [first] = own
    if (!first) return []
    const message = pluck('message', own).join(' ')
    // A new process, or one that failed once, does not know yet.
    const isUncertain = first.code === 'schedule_not_registered' && !facts.schedules.failingSince
    const { action, numbers } = first
    return { kind, message, action, ...originOf(kind, facts, numbers), isUncertain }
  })
}

/** Since when it is so, and the export that it is about. */
function originOf(
  kind: AlertKind,
  { now, failed, lastSuccessAt = now, schedules }: Facts,
  { oldestAgeSeconds = 0 }: Record<string, number>
): Pick<Problem, 'since' | 'exportId'> {
  if (kind === 'export_failed') {
    const exports = Object.values(failed)
    return { since: pluck('at', exports).reduce(min, now), exportId: exports[0]?.exportId }
  }
  if (kind === 'update_late') return { since: lastSuccessAt }
  if (kind === 'schedule_not_registered') return { since: schedules.failingSince ?? now }
  // Of the others only the first look is known.
  return { since: kind === 'files_waiting' ? now - oldestAgeSeconds * 1_000 : now }
}
