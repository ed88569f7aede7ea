import { iso } from '../common/clock'
import type { SourceName } from '../sources/source'
import type { Documents } from '../state/documents'
import type { Dependencies } from './engine'
import { lastFailedAttempt } from './failedAttempts'
import { reasonsOf, withReason, withSource } from './finish'
import { type ExportState, isAbandoned, isRead, retryAt } from './nextStep'
import { progressOf, QueueReader } from './queue'
import { readableBatches } from './receipts'
import { type LastError, type Report, reportOf } from './report'

/**
 * Reports of the exports that have not ended, oldest first.
 * @param settingsHash hash of the current settings
 * @param exportId returns only the report of this export
 */
export async function openReports(
  engine: Pick<Dependencies, 'documents' | 'clock'>,
  settingsHash: string,
  exportId?: string
): Promise<Report[]> {
  const queue = await new QueueReader(engine.documents, engine.clock).read(settingsHash)
  const requests = [...queue.requests.values()]
  return Promise.all(
    requests
      .filter((request) => exportId === undefined || request.exportId === exportId)
      .map(async (request) => {
        const progress = progressOf(queue, request.exportId)
        const state = queue.exports.find((each) => each.exportId === request.exportId)
        const batches = await readableBatches(engine, queue, request.exportId)
        const status = state?.cancelled ? 'cancelling' : progress ? 'running' : 'queued'
        const report = reportOf(request, progress, batches, status)
        return state ? withLastErrors(engine.documents, state, report) : report
      })
  )
}

/** Adds the last failed attempt since the last progress: of the export, and of each source that is being read. */
export async function withLastErrors(
  documents: Documents,
  { exportId, sources, attempts, cancelled }: ExportState,
  report: Report
): Promise<Report> {
  // A cancelled export is not retried.
  if (cancelled) return report
  let found = (await reasonsOf(documents, exportId, sources)).reduce(withReason, report)
  for (const state of sources.filter((each) => !isRead(each) && !isAbandoned(each))) {
    const { source } = state
    const error = await lastError(documents, exportId, state, source)
    if (error) found = withSource(found, source, { lastError: error })
  }
  const error = await lastError(documents, exportId, { attempts })
  return error ? { ...found, lastError: error } : found
}

async function lastError(
  documents: Documents,
  exportId: string,
  failed: Pick<ExportState, 'attempts'>,
  source?: SourceName
): Promise<LastError | undefined> {
  const attempts = failed.attempts.length
  if (attempts === 0) return undefined
  const reason = await lastFailedAttempt(documents, exportId, false, source)
  return { ...reason, attempts, nextTryAt: iso(retryAt(failed)) }
}
