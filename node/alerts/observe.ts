import { dayOf } from '../common/clock'
import { NO_SUMMARY, readSummary, type Summary, withLatest } from '../exports/summary'
import type { Documents } from '../state/documents'
import type { Facts } from '../status/health'
import { factsOf } from '../status/status'
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
  const problemsOf = (summary: Summary) =>
    problemsIn(factsOf(summary, { now, schedules, delivers: true }))
  const summary = await readSummary(documents)
  // Without one no export has ended; or it was lost, and the next end writes it anew.
  const problems = problemsOf(summary ?? NO_SUMMARY)
  if (summary === undefined || problems.length === 0) return problems
  const names = await documents.list('ended', `${dayOf(now)}/`)
  return problemsOf(await withLatest(documents, summary, names, MISSING_REPORTS))
}
