import pLimit from 'p-limit'

import { StateError } from '../state/documents'
import { countedDeliveries } from './coverage'
import type { Engine } from './engine'
import type { Line, LineReader } from './line'
import { deliveryPath, endedPath } from './names'
import type { Outcome } from './next'
import { type DeliveryDocument, deliverySchema } from './part'
import { endedReport, type Report, reportOf, type Status, withRemainderFailed } from './report'

/** The delivery documents that count for an export. @throws {StateError} */
export async function deliveryDocuments(
  { documents }: Pick<Engine, 'documents'>,
  line: Pick<Line, 'deliveries'>,
  exportId: string,
  fingerprint: string
): Promise<DeliveryDocument[]> {
  const limit = pLimit(8)
  const names = countedDeliveries(exportId, fingerprint, line.deliveries).map(deliveryPath)
  return Promise.all(
    names.map((name) =>
      limit(async () => {
        const parsed = deliverySchema.safeParse(await documents.read('delivered', name))
        if (!parsed.success) throw new StateError(`delivery ${name} cannot be read`)
        return parsed.data
      })
    )
  )
}

/**
 * Ends an export: its report is saved, then it leaves the line. Taken twice, the first report stays.
 * @param error why it failed
 */
export async function finish(
  engine: Engine,
  reader: LineReader,
  line: Line,
  fingerprint: string,
  exportId: string,
  outcome: Outcome,
  error?: Report['error'] & { step?: string }
): Promise<void> {
  const request = line.requests.get(exportId)
  if (!request) return
  const plan = line.plans.get(exportId)
  // With settings that cannot be read, what was delivered under the last ones that could still counts.
  const inForce = fingerprint || lastFingerprint(line, exportId)
  const deliveries = await deliveryDocuments(engine, line, exportId, inForce)
  const found = reportOf(request, plan, deliveries, 'running')
  const gaveUpReading = outcome === 'failed' && plan !== undefined && error?.step === 'read'
  const running = gaveUpReading ? withRemainderFailed(found) : found
  const status = gaveUpReading ? 'completedWithErrors' : statusOf(outcome, running)
  if (outcome === 'delivered') {
    for (const covered of plan?.covers ?? []) {
      const other = line.requests.get(covered)
      if (!other) continue
      const report = reportOf(other, undefined, [], status)
      await end(
        engine,
        reader,
        endedReport(report, status, engine.clock.now(), { coveredBy: exportId })
      )
    }
  }
  await end(
    engine,
    reader,
    endedReport(running, status, engine.clock.now(), error && { error: reasonOf(error) })
  )
}

const reasonOf = ({ code, message }: NonNullable<Report['error']>) => ({ code, message })

const lastFingerprint = ({ deliveries }: Line, exportId: string): string =>
  deliveries
    .filter((delivery) => delivery.exportId === exportId)
    .sort((a, b) => b.stamp - a.stamp)[0]?.fingerprint ?? ''

function statusOf(outcome: Outcome, { offers }: Report): Status {
  if (outcome !== 'delivered') return outcome
  return offers.failed > 0 ? 'completedWithErrors' : 'completed'
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
