import pLimit from 'p-limit'
import { omit, splitEvery } from 'ramda'
import { z } from 'zod'
import { daysBetween, iso } from '../common/clock'
import type { SourceName } from '../sources/source'
import { type Documents, StateError } from '../state/documents'
import { endedPath, exportIdIn } from './documentNames'
import type { Dependencies } from './engine'
import { openStatus } from './exportState'
import { lastFailedAttempt, reasonsOf } from './failedAttempts'
import { type ExportState, isAbandoned, isRead, retryAt, type SourceState } from './nextStep'
import { progressOf, QueueReader } from './queue'
import { batchesOf } from './receipts'
import { type Report, reportOf, withSource } from './report'

/** How long reports of ended exports are kept. */
export const KEPT_DAYS = 30
const DAY_MS = 86_400_000
const READS_AT_A_TIME = 8

const savedSchema = z.looseObject({
  v: z.literal(1),
  exportId: z.string(),
  // Reports of earlier versions have none of these.
  trigger: z.string().default('api'),
  dryRun: z.boolean().default(false),
  force: z.boolean().default(false),
  failureCodes: z.record(z.string(), z.number()).default({}),
})

/** A saved report, otherwise unchanged: no export goes by it. */
function asReport(document: unknown): Report | undefined {
  const { data } = savedSchema.safeParse(document)
  return data && (omit(['v'], data) as unknown as Report)
}

/** The report of an ended export; undefined if there is none. @throws {StateError} if it cannot be parsed */
export async function endedReportOf(documents: Documents, exportId: string) {
  const document = await documents.read('ended', endedPath(exportId))
  const report = asReport(document)
  if (document === null || report) return report
  throw new StateError(`the report of ${exportId} cannot be read`)
}

interface Search {
  /** Only exports that were accepted before this one. */
  before?: string | undefined
  isWanted?: (report: Report) => boolean
  /** So many reports are enough. */
  most: number
  /** About so many are read at most. */
  mostRead: number
}

/** The reports of the exports that were accepted last, latest first; `next` is the last one read, if there are more. */
export async function searchEnded(
  documents: Documents,
  now: number,
  { before, isWanted = () => true, most, mostRead }: Search
): Promise<{ reports: Report[]; next?: string }> {
  const isBefore = (name: string) => before === undefined || name < endedPath(before)
  const limit = pLimit(READS_AT_A_TIME)
  const readOne = (name: string) =>
    limit(async () => asReport(await documents.read('ended', name)) ?? [])
  let reports: Report[] = []
  let read = 0
  for (const day of daysBetween(now - KEPT_DAYS * DAY_MS, now).reverse()) {
    if (before !== undefined && day > before.slice(0, 8)) continue
    const names = (await documents.list('ended', `${day}/`)).filter(isBefore).reverse()
    for (const some of splitEvery(most, names)) {
      const found = (await Promise.all(some.map(readOne))).flat()
      reports = reports.concat(found.filter(isWanted))
      read += some.length
      const last = some.at(-1)
      const isEnough = reports.length >= most || read >= mostRead
      if (last !== undefined && isEnough) return { reports, next: exportIdIn(last) }
    }
  }
  return { reports }
}

/** Reports of the exports that have not ended, oldest first. @param exportId only the report of this export */
export async function openReports(
  engine: Pick<Dependencies, 'documents' | 'clock'>,
  settingsHash: string,
  exportId?: string
): Promise<Report[]> {
  const queue = await new QueueReader(engine.documents, engine.clock).read(settingsHash)
  return Promise.all(
    queue.exports
      .filter((each) => exportId === undefined || each.exportId === exportId)
      .map(async (each) => {
        const batches = await batchesOf(engine, queue, each.exportId, { isWhole: false })
        const progress = progressOf(queue, each.exportId)
        const report = reportOf(each.request, progress, batches, openStatus(each))
        return withLastErrors(engine.documents, each, report)
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
  const lastError = async (failed: Pick<ExportState, 'attempts'>, source?: SourceName) => ({
    ...(await lastFailedAttempt(documents, exportId, false, source)),
    ...{ attempts: failed.attempts.length, nextTryAt: iso(retryAt(failed)) },
  })
  const isRetried = (each: SourceState) =>
    each.attempts.length > 0 && !isRead(each) && !isAbandoned(each)
  const retried = sources.filter(isRetried).map(async (each) => {
    return { source: each.source, lastError: await lastError(each, each.source) }
  })
  const reasons = await reasonsOf(documents, exportId, sources)
  const found = [...reasons, ...(await Promise.all(retried))].reduce(withSource, report)
  return attempts.length > 0 ? { ...found, lastError: await lastError({ attempts }) } : found
}
