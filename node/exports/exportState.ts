import { max, pluck } from 'ramda'
import { isSkuSource, type SourceName } from '../sources/source'
import { countedBatches, firstMissingRange } from './conflicts'
import { type AttemptName, type BatchReceipt, basisOf } from './documentNames'
import { type ExportRequest, isSmall } from './exportRequest'
import type { Listings } from './listing'
import type { ExportState, SourceState } from './nextStep'
import type { Lists, Plan } from './planDocuments'

/** The documents of an export that was planned. */
export interface PlannedExport {
  plan: Plan
  lists: Lists
  listings: Listings
}

/** What documents say of an open export. */
interface Findings {
  /** Absent before it is planned. */
  planned?: PlannedExport | undefined
  /** Oldest first. */
  attempts: readonly AttemptName[]
  cancelled: boolean
  coveredBy: string | undefined
  /** Of all exports. */
  deliveries: readonly BatchReceipt[]
}

/** The state of an export. @param settingsHash of the settings in force */
export function exportStateOf(
  request: ExportRequest,
  settingsHash: string,
  { planned, attempts, cancelled, coveredBy, deliveries }: Findings
): ExportState {
  const plan = planned?.plan
  const found = planned
    ? planned.plan.sources.map((source) => {
        const own = attempts.filter((each) => each.source === source)
        return sourceOf(source, planned, settingsHash, own, deliveries)
      })
    : []
  const progress = pluck('latest', found).reduce(max, plan?.startedAt ?? 0)
  const ofAll = attempts.filter(({ source }) => source === undefined)
  return {
    exportId: request.exportId,
    small: isSmall(request) && !readsAllOfSome(plan),
    cancelled,
    coveredBy,
    planned: plan !== undefined,
    sources: pluck('state', found),
    attempts: pluck('at', ofAll).filter((at) => at > progress),
  }
}

const readsAllOfSome = (plan: Plan | undefined) =>
  plan !== undefined && (plan.everything || (plan.centra && plan.centra.since === undefined))

/** The state of a source, and when it last made progress: failed attempts before do not count. */
function sourceOf(
  source: SourceName,
  { plan, lists, listings }: PlannedExport,
  settingsHash: string,
  attempts: readonly AttemptName[],
  deliveries: readonly BatchReceipt[]
): { state: SourceState; latest: number } {
  const list = isSkuSource(source) ? lists[source] : undefined
  const progressAt = listings[source]?.progressAt ?? 0
  const basis = basisOf(settingsHash, plan, list)
  const counted = countedBatches(plan.exportId, source, basis, deliveries)
  const latest = pluck('version', counted).reduce(max, progressAt)
  // What a refresh does not get to, is read by the next one.
  const until = source === 'sellersRefresh' ? plan.refresh?.until : undefined
  const isTimeOver = (at: number) => until !== undefined && at >= until
  const isOver = list?.total === 0 || counted.some(({ version }) => isTimeOver(version))
  const state: SourceState = {
    source,
    listed: !isSkuSource(source) || list !== undefined,
    basis,
    gap: isOver ? undefined : firstMissingRange(counted),
    attempts: pluck('at', attempts).filter((at) => at > Math.max(plan.startedAt, latest)),
    final: attempts.some(({ final, at }) => (final || isTimeOver(at)) && at > plan.startedAt),
  }
  return { state, latest }
}

/** How far a planned export got. */
export interface Progress extends Pick<PlannedExport, 'plan' | 'lists'> {
  sources: readonly SourceState[]
}
