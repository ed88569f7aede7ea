import { max, pluck } from 'ramda'
import { isSkuSource, type SourceName } from '../sources/source'
import { countedBatches, firstMissingRange } from './conflicts'
import { type AttemptName, type BatchReceipt, basisOf } from './documentNames'
import { type ExportRequest, isSmall } from './exportRequest'
import type { Listings } from './listing'
import type { ExportState, SourceState } from './nextStep'
import type { Lists, Plan } from './planDocuments'

/** The documents of an export that has not ended. */
export interface ExportDocuments {
  request: ExportRequest
  /** Absent before it is planned. */
  plan?: Plan | undefined
  lists: Lists
  listings: Listings
  /** Oldest first. */
  attempts: readonly AttemptName[]
}

/** An export that has not ended: its documents, and the state that follows from them. */
export type OpenExport = Omit<ExportDocuments, 'attempts'> & ExportState

/** How far a planned export got. */
export type Progress = Pick<OpenExport, 'lists' | 'sources'> & { plan: Plan }

/** What reports say of it. */
export const openStatus = ({ cancelled, planned }: ExportState) =>
  cancelled ? 'cancelling' : planned ? 'running' : 'queued'

/** An export by its documents, and the receipts of all exports. @param settingsHash of the settings in force */
export function openExportOf(
  documents: ExportDocuments,
  settingsHash: string,
  deliveries: readonly BatchReceipt[],
  others: Pick<ExportState, 'cancelled' | 'coveredBy'>
): OpenExport {
  const { request, plan, attempts } = documents
  const found = plan
    ? plan.sources.map((name) => sourceOf(name, plan, documents, settingsHash, deliveries))
    : []
  const progress = pluck('latest', found).reduce(max, plan?.startedAt ?? 0)
  const ofAll = attempts.filter(({ source }) => source === undefined)
  return {
    ...{ ...documents, ...others, exportId: request.exportId },
    small: isSmall(request) && !readsAllOfSome(plan),
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
  plan: Plan,
  { lists, listings, ...all }: ExportDocuments,
  settingsHash: string,
  deliveries: readonly BatchReceipt[]
): { state: SourceState; latest: number } {
  const attempts = all.attempts.filter((each) => each.source === source)
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
