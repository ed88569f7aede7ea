import { isSkuSource, stockSourceOf } from '../sources/source'
import { listCheckpoints, readWatermark } from './checkpoints'
import { allDeliveries, readableDeliveries } from './deliveries'
import type { Engine } from './engine'
import { type GivenUp, reasonsOf, withGivenUp, withReason } from './givenUp'
import { type Line, type LineReader, progressOf } from './line'
import { endedPath } from './names'
import { isGivenUp, type Outcome, type SourceState } from './next'
import { remember } from './remember'
import { endedReport, type Progress, type Report, reportOf, type Status } from './report'
import type { ExportRequest } from './scope'

/**
 * Ends an export: what it did is remembered, its report is saved, then it leaves the line. Taken twice, the
 * first report stays.
 * @param error why it failed
 * @throws {StateError} {@link LostDocumentError} only where it was delivered
 */
export async function finish(
  engine: Engine,
  reader: LineReader,
  line: Line,
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
  const deliveries = await readableDeliveries(engine, line, exportId)
  const found = reportOf(request, progress, deliveries, 'running')
  const reasons = progress ? await reasonsOf(engine.documents, exportId, progress.sources) : []
  const report = reasons.reduce(withReason, found)
  const status = outcome === 'finished' ? 'completed' : outcome
  const more = error && { error: { code: error.code, message: error.message } }
  await end(engine, reader, endedReport(report, status, engine.clock.now(), more))
}

async function finishDelivered(
  engine: Engine,
  reader: LineReader,
  line: Line,
  request: ExportRequest,
  progress: Progress
): Promise<void> {
  const { exportId } = request
  const deliveries = await allDeliveries(engine, line, exportId)
  const found = reportOf(request, progress, deliveries, 'running')
  const givenUp = await givenUpOf(engine, line, progress, found)
  const status = statusOf(progress, givenUp, found)
  const report =
    status === 'failed' ? givenUp.reduce(withReason, found) : givenUp.reduce(withGivenUp, found)
  const more = status === 'failed' ? {} : await remember(engine, line, request, progress, found)
  const endedAt = engine.clock.now()
  for (const covered of status === 'failed' ? [] : progress.plan.covers) {
    const other = line.requests.get(covered)
    if (!other) continue
    const its = endedReport(reportOf(other, undefined, [], status), status, endedAt, {
      coveredBy: exportId,
    })
    await end(engine, reader, its)
  }
  const [first] = givenUp
  const error = first && { error: first.error }
  await end(engine, reader, endedReport(report, status, endedAt, { ...more, ...error }))
}

function statusOf({ sources }: Progress, givenUp: readonly GivenUp[], found: Report): Status {
  const isRead = Object.values(found.sources).some(({ read }) => read > 0)
  if (givenUp.length > 0 && !isRead && sources.filter(isListedFirst).every(isGivenUp))
    return 'failed'
  const { failed, held } = found.offers
  return givenUp.length > 0 || failed + held > 0 ? 'completedWithErrors' : 'completed'
}

/** The rows of Centra that no page showed are looked for only where all pages were read. */
const isListedFirst = ({ source }: SourceState) => source !== 'centraRows'

async function givenUpOf(
  engine: Engine,
  { fingerprint }: Line,
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
      ? await readWatermark(documents, await listCheckpoints(documents), fingerprint)
      : undefined
    const known = isSkuSource(source) ? lists[source]?.total : watermark?.rows
    all.push({ ...reason, remaining: Math.max(1, (known ?? 0) - read) })
  }
  return all
}

async function end({ documents, log }: Engine, reader: LineReader, report: Report) {
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
    // The cause of missing offers may be temporary; a failed export needs manual action.
    if (status === 'failed') log.error('export.ended', line)
    else if (status === 'completedWithErrors') log.warn('export.ended', line)
    else log.info('export.ended', line)
  }
  reader.wrote('ended', path)
  await documents.remove('exports', exportId)
}
