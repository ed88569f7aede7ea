import pLimit from 'p-limit'
import { z } from 'zod'
import { daysBetween } from '../common/clock'
import type { SourceName } from '../sources/source'
import { type Documents, StateError } from '../state/documents'
import { endedPath } from './documentNames'
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
  return { ...reason, attempts, nextTryAt: new Date(retryAt(failed)).toISOString() }
}

/** How long reports of ended exports are kept. */
export const KEPT_DAYS = 30
const DAY_MS = 86_400_000

const savedSchema = z.looseObject({ v: z.literal(1), exportId: z.string() })

/** A saved report, unchanged: the app only returns it and takes no decision from it. */
const asReport = (document: unknown): Report | undefined => {
  const { data } = savedSchema.safeParse(document)
  if (!data) return undefined
  const { v: _version, ...report } = data
  return report as unknown as Report
}

/** The report of an ended export; undefined if there is none. @throws {StateError} if it cannot be parsed */
export async function endedReportOf(documents: Documents, exportId: string) {
  const document = await documents.read('ended', endedPath(exportId))
  const report = asReport(document)
  if (document === null || report) return report
  throw new StateError(`the report of ${exportId} cannot be read`)
}

/** The reports of the ended exports that were accepted last, latest first. */
export async function latestEnded(documents: Documents, now: number, most: number) {
  const names: string[] = []
  for (const day of daysBetween(now - KEPT_DAYS * DAY_MS, now).reverse()) {
    if (names.length >= most) break
    const ofDay = await documents.list('ended', `${day}/`)
    for (const name of ofDay.reverse()) names.push(name)
  }
  const limit = pLimit(8)
  const reports = await Promise.all(
    names
      .slice(0, most)
      .map((name) => limit(async () => asReport(await documents.read('ended', name))))
  )
  return reports.filter((report) => report !== undefined)
}
