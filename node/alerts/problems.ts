import { min, pluck } from 'ramda'
import { dayOf } from '../common/clock'
import { NO_SUMMARY, readSummary, type Summary, withLatest } from '../exports/summary'
import type { Documents } from '../state/documents'
import { type Facts, healthOf, type ReasonCode } from '../status/health'
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

/** The kind of alert that a reason is worth. */
const kindOf = (code: ReasonCode): AlertKind | undefined =>
  code === 'schedule_invalid'
    ? 'schedule_not_registered'
    : ALERT_KINDS.find((kind) => kind === code)

/** What keeps stock from Intershop now, each kind once. A pure function. */
export function problemsIn(facts: Facts): Problem[] {
  const problems = new Map<AlertKind, Problem>()
  for (const { code, message, action, numbers } of healthOf(facts).reasons) {
    const kind = kindOf(code)
    if (kind === undefined) continue
    const same = problems.get(kind)
    if (same) same.message += ` ${message}`
    else {
      // A new process, or one that failed once, does not know yet.
      const isUncertain =
        code === 'schedule_not_registered' && facts.schedules.failingSince === undefined
      const origin = originOf(kind, facts, numbers)
      problems.set(kind, { kind, message, action, ...origin, isUncertain })
    }
  }
  return [...problems.values()]
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
