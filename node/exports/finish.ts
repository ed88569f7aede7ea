import { consume, MOST_ATTEMPTS } from '../changes/consume'
import { parsePendingPath } from '../changes/names'
import { readsAll, saveBaseline } from './baseline'
import { allDeliveries, failedSkus, readableDeliveries } from './deliveries'
import type { Engine } from './engine'
import type { Line, LineReader } from './line'
import { endedPath } from './names'
import type { Outcome } from './next'
import type { Plan } from './plan'
import { endedReport, type Report, reportOf, type Status, withRemainderFailed } from './report'
import type { ExportRequest } from './scope'

type Reason = NonNullable<Report['error']> & { step?: string }

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
  error?: Reason
): Promise<void> {
  const request = line.requests.get(exportId)
  if (!request) return
  const plan = line.plans.get(exportId)
  if (outcome === 'delivered' && plan) return finishDelivered(engine, reader, line, request, plan)
  const found = reportOf(request, plan, await readableDeliveries(engine, line, exportId), 'running')
  const endedAt = engine.clock.now()
  const more = error && { error: { code: error.code, message: error.message } }
  const gaveUpReading = outcome === 'failed' && plan !== undefined && error?.step === 'read'
  const report = gaveUpReading
    ? endedReport(withRemainderFailed(found), 'completedWithErrors', endedAt, more)
    : endedReport(found, outcome === 'delivered' ? 'completed' : outcome, endedAt, more)
  await end(engine, reader, report)
}

async function finishDelivered(
  engine: Engine,
  reader: LineReader,
  line: Line,
  request: ExportRequest,
  plan: Plan
): Promise<void> {
  const { exportId } = request
  const deliveries = await allDeliveries(engine, line, exportId)
  const running = reportOf(request, plan, deliveries, 'running')
  const status: Status = running.offers.failed > 0 ? 'completedWithErrors' : 'completed'
  const needPerson = await remember(engine, line, request, plan, status)
  const endedAt = engine.clock.now()
  for (const covered of plan.covers) {
    const other = line.requests.get(covered)
    if (!other) continue
    const report = reportOf(other, undefined, [], status)
    await end(engine, reader, endedReport(report, status, endedAt, { coveredBy: exportId }))
  }
  await end(engine, reader, endedReport(running, status, endedAt, needPerson))
}

/** A report names so many SKUs. */
const NAMED = 100

/** Notes what later updates go by: changes that are exported now, and that everything was. */
async function remember(
  engine: Engine,
  line: Line,
  request: ExportRequest,
  { consumes, everything, startedAt }: Plan,
  status: Status
): Promise<Pick<Report, 'needPerson'>> {
  const { exportId, route, dry } = request
  const { documents, log } = engine
  if (everything && readsAll(request) && (status === 'completed' || route === 'update')) {
    await saveBaseline(documents, line.fingerprint, exportId)
  }
  if (route !== 'update' || dry) return {}
  const failed =
    status === 'completed' ? new Set<number>() : await failedSkus(engine, line, exportId)
  const names = consumes.map(parsePendingPath).filter((name) => name !== undefined)
  const tooOften = await consume(engine, { names, failed, startedAt })
  if (tooOften.size === 0) return {}
  log.error('update.gaveUp', { exportId, skus: tooOften.size, attempts: MOST_ATTEMPTS })
  return { needPerson: [...tooOften].slice(0, NAMED) }
}

async function end({ documents, log }: Engine, reader: LineReader, report: Report) {
  const { exportId, status } = report
  const path = endedPath(exportId)
  if ((await documents.read('ended', path)) === null) {
    await documents.save('ended', path, { v: 1, ...report })
    const { processed, sent, unmapped, failed } = report.offers
    const line = {
      exportId,
      status,
      processed,
      sent,
      unmapped,
      failed,
      reason: report.error?.message,
    }
    log[status === 'completed' || status === 'cancelled' ? 'info' : 'error']('export.ended', line)
  }
  reader.wrote('ended', path)
  await documents.remove('exports', exportId)
}
