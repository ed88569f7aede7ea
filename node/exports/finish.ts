import { sum, values } from 'ramda'
import { STOCK } from '../common/paths'
import type { Ledger } from '../published/ledger'
import { isSkuSource, type SourceName, type StockSource, stockSourceOf } from '../sources/source'
import type { Documents } from '../state/documents'
import { advanceCheckpoints } from './advanceCheckpoints'
import { listCheckpoints, readWatermark } from './checkpoints'
import { endedPath } from './documentNames'
import type { Dependencies } from './engine'
import type { Status } from './exportAnswers'
import type { ExportRequest } from './exportRequest'
import type { Progress } from './exportState'
import { lastFailedAttempt } from './failedAttempts'
import { isAbandoned, type Outcome, type SourceState } from './nextStep'
import { withPublisherCheck } from './publisherCheck'
import { progressOf, type QueueReader, type QueueSnapshot } from './queue'
import { allBatches, readableBatches } from './receipts'
import {
  endedReport,
  type PublisherCheck,
  type Report,
  reportOf,
  type SourceReport,
  type Verified,
} from './report'
import { summarizeEnd } from './saveSummary'
import { rateLimitedIn } from './summary'
import { withVerified } from './verifyImported'

/** What was found at Intershop at the end of an export. */
export interface Seen {
  publisherCheck?: PublisherCheck | undefined
  verified?: Verified | undefined
}

/** How an export ends: why it failed, and what was found at Intershop. */
interface Ending extends Seen {
  exportId: string
  outcome: Outcome
  error?: Report['error'] | undefined
}

/**
 * Ends an export: advances the checkpoints, saves the report, then removes the export from the queue. If a worker
 * repeats this step, the first report stays.
 * @throws {LostDocumentError} only for outcome `finished`
 */
export async function finish(
  engine: Dependencies,
  reader: QueueReader,
  ledger: Ledger,
  queue: QueueSnapshot,
  { exportId, outcome, error, ...seen }: Ending
): Promise<void> {
  const save = (report: Report) => end(engine, reader, ledger, queue, report)
  const request = queue.requests.get(exportId)
  if (!request) return
  const progress = progressOf(queue, exportId)
  if (outcome === 'finished' && progress) {
    return finishPublished(engine, queue, request, { progress, seen, save })
  }
  const batches = await readableBatches(engine, queue, exportId)
  const found = reportOf(request, progress, batches, 'running')
  const reasons = progress ? await reasonsOf(engine.documents, exportId, progress.sources) : []
  const report = reasons.reduce(withReason, found)
  const status = outcome === 'finished' ? 'completed' : outcome
  const more = error && { error: { code: error.code, message: error.message } }
  await save(endedReport(report, status, engine.clock.now(), more))
}

async function finishPublished(
  engine: Dependencies,
  queue: QueueSnapshot,
  request: ExportRequest,
  {
    progress,
    seen: { publisherCheck, verified },
    save,
  }: { progress: Progress; seen: Seen; save: (report: Report) => Promise<void> }
): Promise<void> {
  const { exportId } = request
  const batches = await allBatches(engine, queue, exportId)
  const found = reportOf(request, progress, batches, 'running')
  const abandoned = await abandonedSources(engine, queue, progress, found)
  const status = statusOf(progress, abandoned, found)
  const hasFailed = status === 'failed'
  const read = abandoned.reduce(hasFailed ? withReason : withAbandoned, found)
  const checked = publisherCheck ? withPublisherCheck(read, publisherCheck) : read
  const report = verified ? withVerified(checked, verified) : checked
  const completed = { queue, request, progress, batches, found }
  const more = hasFailed ? {} : await advanceCheckpoints(engine, completed)
  const endedAt = engine.clock.now()
  for (const covered of hasFailed ? [] : progress.plan.covers) {
    const other = queue.requests.get(covered)
    if (!other) continue
    const its = reportOf(other, undefined, [], status)
    await save(endedReport(its, status, endedAt, { coveredBy: exportId }))
  }
  const [first] = abandoned
  const error = first && { error: first.error }
  const incomplete = incompleteNote(report, more)
  const noted = incomplete ? { ...report, notes: [...report.notes, incomplete] } : report
  await save(endedReport(noted, status, endedAt, { ...more, ...error }))
}

function statusOf(
  { sources }: Progress,
  abandoned: readonly AbandonedSource[],
  found: Report
): Status {
  const { failed, held } = found.offers
  if (abandoned.length === 0) return failed + held > 0 ? 'completedWithErrors' : 'completed'
  // Unseen rows are listed only after all pages were read, so their state says nothing here.
  const all = sources.filter(({ source }) => source !== 'centraRows')
  const isRead = Object.values(found.sources).some(({ read }) => read > 0)
  return !isRead && all.every(isAbandoned) ? 'failed' : 'completedWithErrors'
}

async function abandonedSources(
  { documents }: Dependencies,
  { settingsHash }: QueueSnapshot,
  { plan, lists, sources }: Progress,
  found: Report
): Promise<AbandonedSource[]> {
  const all: AbandonedSource[] = []
  for (const reason of await reasonsOf(documents, plan.exportId, sources)) {
    const { source } = reason
    const own =
      source === 'sellersRefresh'
        ? found.sellersRefresh?.skus
        : found.sources[stockSourceOf(source)]?.read
    const read = own ?? 0
    const isWhole = source === 'centra' && plan.centra?.since === undefined
    const watermark = isWhole
      ? await readWatermark(documents, await listCheckpoints(documents), settingsHash)
      : undefined
    const known = isSkuSource(source) ? lists[source]?.total : watermark?.rows
    all.push({ ...reason, remaining: Math.max(1, (known ?? 0) - read) })
  }
  return all
}

async function end(
  engine: Dependencies,
  reader: QueueReader,
  ledger: Ledger,
  queue: QueueSnapshot,
  report: Report
) {
  const { documents, log } = engine
  const { exportId, status } = report
  const path = endedPath(exportId)
  if ((await documents.read('ended', path)) === null) {
    await documents.save('ended', path, { v: 1, ...report })
    const fields = endFields(report, queue.exports.length - 1)
    // The cause of missing offers may be temporary; a failed export needs manual action.
    if (status === 'failed') log.error('export.ended', fields)
    else if (status === 'completedWithErrors') log.warn('export.ended', fields)
    else log.info('export.ended', fields)
  }
  // Also where a worker died before it did: the summary takes a report once.
  await summarizeEnd(engine, ledger, queue, report)
  reader.wrote('ended', path)
  await documents.remove('exports', exportId)
}

const ERRORS_SHOWN = 300

/** What the log says of an export that ended. @param queued how many others have not */
function endFields(report: Report, queued: number) {
  const { exportId, route, trigger, status, dryRun, force, durationMs, offers, drift, files } =
    report
  const codes = Object.entries(report.failureCodes).map(([code, count]) => `${code}=${count}`)
  const isIncomplete = report.notes.some((note) => note.startsWith(INCOMPLETE))
  return {
    ...{ exportId, route, trigger, status, dryRun, force, durationMs: durationMs ?? 0 },
    ...{ ...offers, drift, files, queued, read: report.skus.read },
    rateLimited: sum(values(rateLimitedIn(report))),
    ...(codes.length > 0 && { failures: codes.join(' ').slice(0, ERRORS_SHOWN) }),
    reason: report.error?.message ?? (isIncomplete ? INCOMPLETE : undefined),
  }
}

const INCOMPLETE = 'incomplete, retrying'

/** A note on offers that later exports read again without help. */
function incompleteNote(
  { route, dryRun, offers: { failed } }: Report,
  { manualAction = [], manualActionRows = [] }: Pick<Report, 'manualAction' | 'manualActionRows'>
): string | undefined {
  const abandoned = manualAction.length + manualActionRows.length
  const retried = failed - abandoned
  if (retried <= 0 || dryRun) return undefined
  const kept = `${retried} offers were not read and keep their last quantities`
  return route === 'update'
    ? `${INCOMPLETE}: ${kept}; the next update reads them again`
    : `incomplete: ${kept}; the next full export reads them again. Now: POST ${STOCK}/export`
}

/** Why a source was abandoned. */
interface Reason {
  source: SourceName
  error: { code: string; message: string }
}

/** The reason of each abandoned source. */
export const reasonsOf = (
  documents: Documents,
  exportId: string,
  sources: readonly SourceState[]
): Promise<Reason[]> =>
  Promise.all(
    sources.filter(isAbandoned).map(async ({ source }) => ({
      source,
      error: await lastFailedAttempt(documents, exportId, true, source),
    }))
  )

interface AbandonedSource extends Reason {
  /** How many of its offers were not read, as far as the app knows; at least 1. */
  remaining: number
}

/** A report with more fields for one of its sources. */
export function withSource(
  report: Report,
  source: SourceName,
  fields: Pick<SourceReport, 'error' | 'lastError'>
): Report {
  const name = stockSourceOf(source)
  const own = report.sources[name]
  return own ? { ...report, sources: { ...report.sources, [name]: { ...own, ...fields } } } : report
}

export const withReason = (report: Report, { source, error }: Reason): Report =>
  withSource(report, source, { error })

const NAMES: Record<StockSource, string> = {
  own: "the account's own stock",
  centra: 'Centra',
  sellers: 'the stock of other sellers',
}

/** A report with an abandoned source: its remaining offers count as failed, and Intershop keeps their quantities. */
export function withAbandoned(report: Report, abandoned: AbandonedSource): Report {
  const { source, remaining } = abandoned
  const { processed, failed } = report.offers
  const note = `${NAMES[stockSourceOf(source)]} was not read to its end: at least ${remaining} offers were not read and keep their last quantities`
  return {
    ...withReason(report, abandoned),
    offers: { ...report.offers, processed: processed + remaining, failed: failed + remaining },
    notes: [...report.notes, note],
  }
}
