import pLimit from 'p-limit'

import { countedDeliveries } from './coverage'
import type { Engine } from './engine'
import type { Line, LineReader } from './line'
import { deliveryPath, endedPath } from './names'
import type { Outcome } from './next'
import { type DeliveryDocument, deliverySchema } from './part'
import { readSaved } from './readSaved'
import { endedReport, type Report, reportOf, type Status, withRemainderFailed } from './report'

/**
 * The names of the delivery documents that count for an export. With settings that cannot be read, what was
 * delivered under the last ones that could still counts.
 */
function countedNames({ deliveries, exports }: Line, exportId: string): string[] {
  const state = exports.find((each) => each.exportId === exportId)
  const basis = state?.basis ?? lastBasis(deliveries, exportId)
  return countedDeliveries(exportId, basis, deliveries).map(deliveryPath)
}

const lastBasis = (deliveries: Line['deliveries'], exportId: string): string =>
  deliveries
    .filter((delivery) => delivery.exportId === exportId)
    .sort((a, b) => b.stamp - a.stamp)[0]?.basis ?? ''

/** What was delivered of an export. @throws {StateError} {@link LostDocumentError} */
async function allDeliveries(
  engine: Pick<Engine, 'documents' | 'clock'>,
  line: Line,
  exportId: string
): Promise<DeliveryDocument[]> {
  const limit = pLimit(8)
  const read = (name: string) => readSaved(engine, 'delivered', name, deliverySchema)
  return Promise.all(countedNames(line, exportId).map((name) => limit(() => read(name))))
}

/** What can be read of it: enough for an export that is not, or never, at its end. @throws {StateError} */
export async function readableDeliveries(
  { documents }: Pick<Engine, 'documents'>,
  line: Line,
  exportId: string
): Promise<DeliveryDocument[]> {
  const limit = pLimit(8)
  const read = (name: string) => documents.read('delivered', name)
  const names = countedNames(line, exportId)
  const found = await Promise.all(names.map((name) => limit(() => read(name))))
  return found
    .map((document) => deliverySchema.safeParse(document).data)
    .filter((delivery) => delivery !== undefined)
}

/**
 * Ends an export: its report is saved, then it leaves the line. Taken twice, the first report stays.
 * @param error why it failed
 */
export async function finish(
  engine: Engine,
  reader: LineReader,
  line: Line,
  exportId: string,
  outcome: Outcome,
  error?: Report['error'] & { step?: string }
): Promise<void> {
  const request = line.requests.get(exportId)
  if (!request) return
  const plan = line.plans.get(exportId)
  const read = outcome === 'delivered' ? allDeliveries : readableDeliveries
  const deliveries = await read(engine, line, exportId)
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
