import { type SourceName, stockSourceOf } from '../sources/source'
import type { Documents } from '../state/documents'
import { reasonsOf, withReason } from './givenUp'
import { type ExportState, isGivenUp, isRead, retryAt } from './next'
import type { LastError, Report } from './report'
import { lastSetback } from './setback'

/**
 * The report of an export that has not ended, with what failed last since it last made progress: of the whole
 * export, and of each source that is still to be read.
 * @throws {StateError}
 */
export async function withLastErrors(
  documents: Documents,
  { exportId, sources, attempts, cancelled }: ExportState,
  report: Report
): Promise<Report> {
  // Of a cancelled export nothing is tried again.
  if (cancelled) return report
  let told = (await reasonsOf(documents, exportId, sources)).reduce(withReason, report)
  for (const state of sources.filter((each) => !isRead(each) && !isGivenUp(each))) {
    const { source } = state
    told = withLastError(told, source, await lastError(documents, exportId, state, source))
  }
  const error = await lastError(documents, exportId, { attempts })
  return error ? { ...told, lastError: error } : told
}

async function lastError(
  documents: Documents,
  exportId: string,
  failed: Pick<ExportState, 'attempts'>,
  source?: SourceName
): Promise<LastError | undefined> {
  const attempts = failed.attempts.length
  if (attempts === 0) return undefined
  const reason = await lastSetback(documents, exportId, false, source)
  return { ...reason, attempts, nextTryAt: new Date(retryAt(failed)).toISOString() }
}

function withLastError(report: Report, source: SourceName, error: LastError | undefined): Report {
  const name = stockSourceOf(source)
  const own = report.sources[name]
  if (!own || !error) return report
  return { ...report, sources: { ...report.sources, [name]: { ...own, lastError: error } } }
}
