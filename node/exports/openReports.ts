import { readableDeliveries } from './deliveries'
import type { Engine } from './engine'
import { withLastErrors } from './lastErrors'
import { LineReader, progressOf } from './line'
import { type Report, reportOf } from './report'

/**
 * Reports of the exports that have not ended, oldest first.
 * @param fingerprint of the settings in force
 * @param exportId only this one's
 * @throws {StateError}
 */
export async function openReports(
  engine: Pick<Engine, 'documents' | 'clock'>,
  fingerprint: string,
  exportId?: string
): Promise<Report[]> {
  const line = await new LineReader(engine.documents, engine.clock).read(fingerprint)
  const requests = [...line.requests.values()]
  return Promise.all(
    requests
      .filter((request) => exportId === undefined || request.exportId === exportId)
      .map(async (request) => {
        const progress = progressOf(line, request.exportId)
        const state = line.exports.find((each) => each.exportId === request.exportId)
        const deliveries = await readableDeliveries(engine, line, request.exportId)
        const status = state?.cancelled ? 'cancelling' : progress ? 'running' : 'queued'
        const report = reportOf(request, progress, deliveries, status)
        return state ? withLastErrors(engine.documents, state, report) : report
      })
  )
}
