import { max, pluck } from 'ramda'
import { isSkuSource, type SourceName } from '../sources/source'
import { countedBatches, firstMissingRange } from './conflicts'
import { type AttemptName, type BatchReceipt, basisOf } from './documentNames'
import { type ExportRequest, isSmall } from './exportRequest'
import { type Listings, NOT_BEGUN } from './listing'
import type { ExportState, SourceState } from './nextStep'
import type { Lists, Plan } from './planDocuments'

/** What documents say of all open exports. */
export interface Findings {
  plans: ReadonlyMap<string, Plan>
  /** By export. */
  lists: ReadonlyMap<string, Lists>
  /** By export. */
  listings: ReadonlyMap<string, Listings>
  deliveries: readonly BatchReceipt[]
  attempts: readonly AttemptName[]
  cancelled: readonly string[]
  coveredBy: ReadonlyMap<string, string>
}

/** The state of an export. @param settingsHash of the settings in force */
export function exportStateOf(
  request: ExportRequest,
  settingsHash: string,
  findings: Findings
): ExportState {
  const { exportId } = request
  const plan = findings.plans.get(exportId)
  const found = plan
    ? plan.sources.map((source) => sourceOf(source, plan, settingsHash, findings))
    : []
  const progress = pluck('latest', found).reduce(max, plan?.startedAt ?? 0)
  return {
    exportId,
    small: isSmall(request) && !readsAllOfSome(plan),
    cancelled: findings.cancelled.includes(exportId),
    coveredBy: findings.coveredBy.get(exportId),
    planned: plan !== undefined,
    sources: found.map(({ state }) => state),
    attempts: ofThese(findings.attempts, exportId, undefined)
      .map(({ at }) => at)
      .filter((at) => at > progress),
  }
}

const readsAllOfSome = (plan: Plan | undefined) =>
  plan !== undefined && (plan.everything || (plan.centra && plan.centra.since === undefined))

interface Found {
  state: SourceState
  /** When it last made progress, UTC milliseconds; failed attempts before do not count. */
  latest: number
}

function sourceOf(
  source: SourceName,
  plan: Plan,
  settingsHash: string,
  { lists, listings, deliveries, attempts }: Findings
): Found {
  const { exportId } = plan
  const list = isSkuSource(source) ? lists.get(exportId)?.[source] : undefined
  const { progressAt } = (isSkuSource(source) && listings.get(exportId)?.[source]) || NOT_BEGUN
  const basis = basisOf(settingsHash, plan, list)
  const counted = countedBatches(exportId, source, basis, deliveries)
  const latest = pluck('version', counted).reduce(max, progressAt)
  const own = ofThese(attempts, exportId, source)
  // What a refresh does not get to, is read by the next one.
  const until = source === 'sellersRefresh' ? plan.refresh?.until : undefined
  const isTimeOver = (at: number) => until !== undefined && at >= until
  const isOver = list?.total === 0 || counted.some(({ version }) => isTimeOver(version))
  return {
    latest,
    state: {
      source,
      listed: !isSkuSource(source) || list !== undefined,
      basis,
      gap: isOver ? undefined : firstMissingRange(counted),
      attempts: own.map(({ at }) => at).filter((at) => at > Math.max(plan.startedAt, latest)),
      final: own.some(({ final, at }) => (final || isTimeOver(at)) && at > plan.startedAt),
    },
  }
}

const ofThese = (
  attempts: readonly AttemptName[],
  exportId: string,
  source: SourceName | undefined
): AttemptName[] =>
  attempts
    .filter((each) => each.exportId === exportId && each.source === source)
    .sort((a, b) => a.at - b.at)

/** How far a planned export got. */
export interface Progress {
  plan: Plan
  lists: Lists
  sources: readonly SourceState[]
}
