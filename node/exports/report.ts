import { pluck, reduce } from 'ramda'

import { addCounts, type Failure, noOffers, type OfferCounts } from '../offers/stockOffer'
import type { DeliveryDocument } from './part'
import type { Plan } from './plan'
import type { ExportRequest, Scope } from './scope'

export type Status =
  | 'queued'
  | 'running'
  | 'completed'
  | 'completedWithErrors'
  | 'failed'
  | 'cancelled'

/** What the app tells people about an export. Moments are ISO 8601, UTC. */
export interface Report {
  exportId: string
  route: ExportRequest['route']
  scope: Scope
  status: Status
  /** What a reader should know: a superset, a dry run. */
  notes: string[]
  acceptedAt: string
  startedAt?: string
  endedAt?: string
  /** The export that did this one's work. */
  coveredBy?: string
  skus: { planned?: number; read: number; remaining?: number }
  offers: OfferCounts
  /** Files delivered. */
  files: number
  /** The first hundred; offers.failed counts them all. */
  failures: Failure[]
  /** The first hundred; offers.unmapped counts them all. */
  unmapped: Failure[]
  /** SKUs that updates failed to read ten times and try no more, the first hundred: a person has to look. */
  needPerson?: number[]
  /** How the worker that delivered last got on with each upstream until then. */
  traffic?: Record<string, unknown>
  error?: { code: string; message: string }
}

const NAMED = 100

const iso = (moment: number) => new Date(moment).toISOString()

const DRY =
  'dry run: this workspace is not production and deliverFromWorkspace does not name it; "sent" is what would have been sent'

/**
 * The report of an export, as far as it got.
 * @param deliveries of the parts that count
 */
export function reportOf(
  request: ExportRequest,
  plan: Plan | undefined,
  deliveries: readonly DeliveryDocument[],
  status: Status
): Report {
  const latest = [...deliveries].sort((a, b) => b.deliveredAt - a.deliveredAt)[0]
  const read = deliveries.reduce((sum, { skus }) => sum + skus, 0)
  return {
    exportId: request.exportId,
    route: request.route,
    scope: request.scope,
    status,
    notes: [...(plan?.notes ?? []), ...(request.dry ? [DRY] : [])],
    acceptedAt: iso(request.acceptedAt),
    ...(plan && { startedAt: iso(plan.startedAt) }),
    skus: { ...(plan && { planned: plan.total, remaining: Math.max(0, plan.total - read) }), read },
    offers: reduce(addCounts, noOffers, pluck('counts', deliveries)),
    files: deliveries.reduce((sum, { files }) => sum + files.length, 0),
    failures: deliveries.flatMap(({ failures }) => failures).slice(0, NAMED),
    unmapped: deliveries.flatMap(({ unmapped }) => unmapped).slice(0, NAMED),
    ...(latest && { traffic: latest.traffic }),
  }
}

/** The report of an export that ended. */
export const endedReport = (
  report: Report,
  status: Status,
  endedAt: number,
  more: Pick<Report, 'coveredBy' | 'error' | 'needPerson'> = {}
): Report => ({ ...report, ...more, status, endedAt: iso(endedAt) })

/**
 * The report of an export whose upstream stayed down for too long: what it did not get to counts as
 * failed, each SKU once, and nothing of it was sent.
 */
export function withRemainderFailed(report: Report): Report {
  const { remaining = 0 } = report.skus
  const { processed, failed } = report.offers
  return {
    ...report,
    offers: { ...report.offers, processed: processed + remaining, failed: failed + remaining },
    notes: [...report.notes, `${remaining} SKUs were not read: reading them failed for too long`],
  }
}
