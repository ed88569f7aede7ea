import { isSkuSource, type SourceName, type StockSource, stockSourceOf } from '../sources/source'
import type { Documents } from '../state/documents'
import { advanceCheckpoints } from './advanceCheckpoints'
import { listCheckpoints, readWatermark } from './checkpoints'
import { endedPath } from './documentNames'
import type { Dependencies } from './engine'
import type { ExportRequest } from './exportRequest'
import type { Progress } from './exportState'
import { lastFailedAttempt } from './failedAttempts'
import { isAbandoned, type Outcome, type SourceState } from './nextStep'
import { progressOf, type QueueReader, type QueueSnapshot } from './queue'
import { allBatches, readableBatches } from './receipts'
import { endedReport, type Report, reportOf, type Status } from './report'

/**
 * Ends an export: what it did is remembered, its report is saved, then it leaves the line. Taken twice, the
 * first report stays.
 * @param error why it failed
 * @throws {StateError} {@link LostDocumentError} only where it was delivered
 */
export async function finish(
  engine: Dependencies,
  reader: QueueReader,
  line: QueueSnapshot,
  exportId: string,
  outcome: Outcome,
  error?: Report['error']
): Promise<void> {
  const request = line.requests.get(exportId)
  if (!request) return
  const progress = progressOf(line, exportId)
  if (outcome === 'finished' && progress) {
    return finishDelivered(engine, reader, line, request, progress)
  }
  const deliveries = await readableBatches(engine, line, exportId)
  const found = reportOf(request, progress, deliveries, 'running')
  const reasons = progress ? await reasonsOf(engine.documents, exportId, progress.sources) : []
  const report = reasons.reduce(withReason, found)
  const status = outcome === 'finished' ? 'completed' : outcome
  const more = error && { error: { code: error.code, message: error.message } }
  await end(engine, reader, endedReport(report, status, engine.clock.now(), more))
}

async function finishDelivered(
  engine: Dependencies,
  reader: QueueReader,
  line: QueueSnapshot,
  request: ExportRequest,
  progress: Progress
): Promise<void> {
  const { exportId } = request
  const deliveries = await allBatches(engine, line, exportId)
  const found = reportOf(request, progress, deliveries, 'running')
  const abandoned = await givenUpOf(engine, line, progress, found)
  const status = statusOf(progress, abandoned, found)
  const report =
    status === 'failed'
      ? abandoned.reduce(withReason, found)
      : abandoned.reduce(withAbandoned, found)
  const more =
    status === 'failed' ? {} : await advanceCheckpoints(engine, line, request, progress, found)
  const endedAt = engine.clock.now()
  for (const covered of status === 'failed' ? [] : progress.plan.covers) {
    const other = line.requests.get(covered)
    if (!other) continue
    const its = endedReport(reportOf(other, undefined, [], status), status, endedAt, {
      coveredBy: exportId,
    })
    await end(engine, reader, its)
  }
  const [first] = abandoned
  const error = first && { error: first.error }
  await end(engine, reader, endedReport(report, status, endedAt, { ...more, ...error }))
}

function statusOf({ sources }: Progress, givenUp: readonly GivenUp[], found: Report): Status {
  const isRead = Object.values(found.sources).some(({ read }) => read > 0)
  if (givenUp.length > 0 && !isRead && sources.filter(isListedFirst).every(isAbandoned))
    return 'failed'
  const { failed, held } = found.offers
  return givenUp.length > 0 || failed + held > 0 ? 'completedWithErrors' : 'completed'
}

/** The rows of Centra that no page showed are looked for only where all pages were read. */
const isListedFirst = ({ source }: SourceState) => source !== 'centraRows'

async function givenUpOf(
  engine: Dependencies,
  { settingsHash }: QueueSnapshot,
  progress: Progress,
  found: Report
): Promise<GivenUp[]> {
  const { documents } = engine
  const { plan, lists, sources } = progress
  const all: GivenUp[] = []
  for (const reason of await reasonsOf(documents, plan.exportId, sources)) {
    const { source } = reason
    const read = found.sources[stockSourceOf(source)]?.read ?? 0
    const isWhole = source === 'centra' && plan.centra?.since === undefined
    const watermark = isWhole
      ? await readWatermark(documents, await listCheckpoints(documents), settingsHash)
      : undefined
    const known = isSkuSource(source) ? lists[source]?.total : watermark?.rows
    all.push({ ...reason, remaining: Math.max(1, (known ?? 0) - read) })
  }
  return all
}

/** Some offers are missing, which may pass; or all of the export, which a person has to look at. */
const LEVELS: Partial<Record<Status, 'warn' | 'error'>> = {
  completedWithErrors: 'warn',
  failed: 'error',
}

async function end({ documents, log }: Dependencies, reader: QueueReader, report: Report) {
  const { exportId, status } = report
  const path = endedPath(exportId)
  if ((await documents.read('ended', path)) === null) {
    await documents.save('ended', path, { v: 1, ...report })
    const line = {
      exportId,
      status,
      ...report.offers,
      drift: report.drift,
      reason: report.error?.message,
    }
    log[LEVELS[status] ?? 'info']('export.ended', line)
  }
  reader.wrote('ended', path)
  await documents.remove('exports', exportId)
}

/** Why a source was not read to its end. */
export interface Reason {
  source: SourceName
  error: { code: string; message: string }
}

/** Why each source was given up that was. @throws {StateError} */
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

/** A source that was not read to its end. */
export interface GivenUp extends Reason {
  /** Offers of it that were not read, as far as anybody can say; at least 1. */
  remaining: number
}

/** The report of an export, with the reason why a source was given up. */
export function withReason(report: Report, { source, error }: Reason): Report {
  const name = stockSourceOf(source)
  const own = report.sources[name]
  return own ? { ...report, sources: { ...report.sources, [name]: { ...own, error } } } : report
}

const NAMES: Record<StockSource, string> = {
  own: "the account's own stock",
  centra: 'Centra',
  sellers: 'the stock of other sellers',
}

/** The report of an export of which a source was given up: what it did not get to failed, nothing of it was sent. */
export function withAbandoned(report: Report, givenUp: GivenUp): Report {
  const { source, remaining } = givenUp
  const { processed, failed } = report.offers
  const note = `${NAMES[stockSourceOf(source)]} was not read to its end: at least ${remaining} offers stay as they were`
  return {
    ...withReason(report, givenUp),
    offers: { ...report.offers, processed: processed + remaining, failed: failed + remaining },
    notes: [...report.notes, note],
  }
}
