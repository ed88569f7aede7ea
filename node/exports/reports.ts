import pLimit from 'p-limit'
import { z } from 'zod'
import { daysBetween } from '../common/clock'
import { type SourceName, stockSourceOf } from '../sources/source'
import { type Documents, StateError } from '../state/documents'
import { endedPath } from './documentNames'
import type { Dependencies } from './engine'
import { lastFailedAttempt } from './failedAttempts'
import { reasonsOf, withReason } from './finish'
import { type ExportState, isAbandoned, isRead, retryAt } from './nextStep'
import { progressOf, QueueReader } from './queue'
import { readableBatches } from './receipts'
import { type LastError, type Report, reportOf } from './report'

/**
 * Reports of the exports that have not ended, oldest first.
 * @param settingsHash of the settings in force
 * @param exportId only this one's
 * @throws {StateError}
 */
export async function openReports(
  engine: Pick<Dependencies, 'documents' | 'clock'>,
  settingsHash: string,
  exportId?: string
): Promise<Report[]> {
  const line = await new QueueReader(engine.documents, engine.clock).read(settingsHash)
  const requests = [...line.requests.values()]
  return Promise.all(
    requests
      .filter((request) => exportId === undefined || request.exportId === exportId)
      .map(async (request) => {
        const progress = progressOf(line, request.exportId)
        const state = line.exports.find((each) => each.exportId === request.exportId)
        const deliveries = await readableBatches(engine, line, request.exportId)
        const status = state?.cancelled ? 'cancelling' : progress ? 'running' : 'queued'
        const report = reportOf(request, progress, deliveries, status)
        return state ? withLastErrors(engine.documents, state, report) : report
      })
  )
}

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
  for (const state of sources.filter((each) => !isRead(each) && !isAbandoned(each))) {
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
  const reason = await lastFailedAttempt(documents, exportId, false, source)
  return { ...reason, attempts, nextTryAt: new Date(retryAt(failed)).toISOString() }
}

function withLastError(report: Report, source: SourceName, error: LastError | undefined): Report {
  const name = stockSourceOf(source)
  const own = report.sources[name]
  if (!own || !error) return report
  return { ...report, sources: { ...report.sources, [name]: { ...own, lastError: error } } }
}

/** Reports of ended exports are kept so long. */
export const KEPT_DAYS = 30
const DAY_MS = 86_400_000

const savedSchema = z.looseObject({ v: z.literal(1), exportId: z.string() })

/** A saved report, as it was saved: the app wrote it and answers it, and decides nothing by it. */
const asReport = (document: unknown): Report | undefined => {
  const { data } = savedSchema.safeParse(document)
  if (!data) return undefined
  const { v: _version, ...report } = data
  return report as unknown as Report
}

/**
 * The report of an ended export; undefined where there is none.
 * @throws {StateError} also where VBase tells nonsense of it
 */
export async function endedReportOf(documents: Documents, exportId: string) {
  const document = await documents.read('ended', endedPath(exportId))
  const report = asReport(document)
  if (document === null || report) return report
  throw new StateError(`the report of ${exportId} cannot be read`)
}

/** The reports of the exports that were accepted last, of those that ended; latest first. @throws {StateError} */
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
