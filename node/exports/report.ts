import { add, countBy, mapObjIndexed, mergeWith, omit, pick, pluck, reduce, sum } from 'ramda'
import { iso } from '../common/clock'
import { STOCK } from '../common/paths'
import { addCounts, noOffers, type OfferName } from '../offers/stockOffer'
import {
  CHANGING_SOURCES,
  isChanging,
  type SourceName,
  type StockSource,
  stockSourceOf,
} from '../sources/source'
import type { BatchIndex } from './batches'
import { MAX_LISTED, noneZeroed } from './batchResult'
import { type ExportReport, type ExportSummary, exportSummary, type Status } from './exportAnswers'
import type { ExportRequest } from './exportRequest'
import type { Progress } from './exportState'
import { isAbandoned, isRead, type SourceState } from './nextStep'
import type { Plan } from './planDocuments'
import type { CommittedBatch } from './receipts'

export const hasEnded = (status: Status): boolean =>
  status !== 'queued' && status !== 'running' && status !== 'cancelling'

/** The report of an export, as it is saved. */
export interface Report extends ExportReport {
  /** Where all failures, unmapped and held offers are. Responses leave it out. */
  batches?: BatchIndex[]
}

type SourceReport = NonNullable<Report['sources'][StockSource]>
type LastError = NonNullable<Report['lastError']>

const WOULD_BE_SENT = '"sent" is what would have been sent'
const DRY_ASKED = `dry run, as asked by dryRun=true: ${WOULD_BE_SENT}`
const DRY_WORKSPACE = `dry run: this workspace is not production and deliverFromWorkspace does not name it; ${WOULD_BE_SENT}`
/** Intershop's importers run every few minutes. */
const NOT_IMPORTED_SECONDS = 1_800
const FORCED = 'force: nothing is held back'

/** The report of an export's progress so far. */
export function reportOf(
  request: ExportRequest,
  progress: Progress | undefined,
  batches: readonly CommittedBatch[],
  status: Status
): Report {
  const { exportId, route, scope, trigger = 'api', dry: dryRun, force } = request
  const [latest] = [...batches].sort((a, b) => b.deliveredAt - a.deliveredAt)
  const plan = progress?.plan
  const states = progress?.sources ?? []
  const names = new Set(states.map(({ source }) => stockSourceOf(source)))
  const failures = batches.flatMap((batch) => batch.failures)
  const held = batches.flatMap((batch) => batch.held)
  const offers = countsOf(batches)
  const drop = dropIn(batches)
  return {
    ...{ exportId, route, scope, status, trigger, dryRun, force },
    notes: [
      ...(plan?.notes ?? []),
      ...(dryRun ? [request.dryRun ? DRY_ASKED : DRY_WORKSPACE] : []),
      ...(force ? [FORCED] : []),
      ...(offers.held > 0 ? [heldNote(offers.held, held)] : []),
      ...dropNote(drop),
      ...unexpectedNote(batches),
    ],
    acceptedAt: iso(request.acceptedAt),
    ...(plan && { startedAt: iso(plan.startedAt) }),
    skus: skusOf(progress, batches),
    sources: Object.fromEntries(
      [...names].map((name) => [name, sourceReport(name, states, batches)])
    ),
    offers,
    ...(plan?.refresh && { sellersRefresh: refreshReport(plan.startedAt, plan.refresh, batches) }),
    zeroed: pluck('zeroed', batches).reduce(mergeWith(add), noneZeroed),
    heldOffers: held.slice(0, MAX_LISTED),
    drift: sum(pluck('drift', batches)),
    drifted: batches.flatMap(({ drifted }) => drifted).slice(0, MAX_LISTED),
    files: sum(batches.map(({ files }) => files.length)),
    ...(drop && { drop }),
    failures: failures.slice(0, MAX_LISTED),
    failureCodes: countBy(({ code }) => code, failures),
    unmapped: batches.flatMap(({ unmapped }) => unmapped).slice(0, MAX_LISTED),
    batches: indexOf(batches),
    ...(latest && { traffic: latest.traffic as Report['traffic'] }),
  }
}

function heldNote(held: number, first: readonly OfferName[]): string {
  const sellers = [...new Set(first.map(({ sellerId }) => sellerId))].sort()
  return `held: ${held} offers are 0 or removed, more at once than maxNewlyZeroPercent allows. Intershop still sells them; if the zeros are correct: POST ${STOCK}/held/release ${JSON.stringify({ sellers })}`
}

function dropIn(batches: readonly CommittedBatch[]): Report['drop'] {
  const seen = batches.flatMap(({ drop }) => drop ?? [])
  const [latest] = seen.sort((a, b) => b.observedAt - a.observedAt)
  return latest && { ...latest, observedAt: iso(latest.observedAt) }
}

function dropNote(drop: Report['drop']): string[] {
  const { files, oldestAgeSeconds = 0, isPartial } = drop ?? {}
  if (oldestAgeSeconds < NOT_IMPORTED_SECONDS) return []
  const minutes = Math.floor(oldestAgeSeconds / 60)
  const most = isPartial ? 'at least ' : ''
  return [
    `Intershop may not be importing: ${most}${files} files of the app lie in its drop, the oldest for ${most}${minutes} minutes. Check that Intershop's import runs`,
  ]
}

/** One note for all rows and batches. */
function unexpectedNote(batches: readonly CommittedBatch[]): string[] {
  const fields = new Set(batches.flatMap(({ unexpectedFields = [] }) => unexpectedFields))
  if (fields.size === 0) return []
  const names = [...fields].sort().join(', ')
  return [
    `Centra: some values of these fields are of another type than documented: ${names}. The app does not use them; no row is left out because of them`,
  ]
}

/** In the order of the batches' versions, so that pages of a running export stay as they are. */
const indexOf = (batches: readonly CommittedBatch[]): BatchIndex[] =>
  batches
    .flatMap(({ name, counts: { failed, unmapped, held } }) =>
      failed + unmapped + held > 0 ? [{ name, failures: failed, unmapped, held }] : []
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1))

const countsOf = (batches: readonly CommittedBatch[]) =>
  reduce(addCounts, noOffers, pluck('counts', batches))

const readOf = (batches: readonly CommittedBatch[]) => sum(pluck('skus', batches))

function sourceReport(
  name: StockSource,
  states: readonly SourceState[],
  batches: readonly CommittedBatch[]
): SourceReport {
  const own = batches.filter(({ source }) => stockSourceOf(source) === name)
  const left = states.filter((state) => stockSourceOf(state.source) === name && !isRead(state))
  const status = left.length === 0 ? 'complete' : left.some(isAbandoned) ? 'failed' : 'reading'
  return { status, read: readOf(own), offers: countsOf(own) }
}

function refreshReport(
  startedAt: number,
  { readAt }: NonNullable<Plan['refresh']>,
  batches: readonly CommittedBatch[]
) {
  const own = batches.filter(({ source }) => source === 'sellersRefresh')
  const oldestAgeMinutes = Math.round((startedAt - readAt) / 60_000)
  return { skus: readOf(own), offers: countsOf(own), oldestAgeMinutes }
}

function skusOf(progress: Progress | undefined, batches: readonly CommittedBatch[]) {
  const read = readOf(batches.filter(({ source }) => isChanging(source)))
  const listed = CHANGING_SOURCES.flatMap((name) => progress?.lists[name] ?? [])
  const isKnown = listed.length > 0 || progress?.plan.sources.some(isChanging) === false
  if (!isKnown) return { read }
  const planned = sum(pluck('total', listed))
  return { planned, read, remaining: Math.max(0, planned - read) }
}

/** The report of an export that ended. */
export const endedReport = (
  report: Report,
  status: Status,
  endedAt: number,
  more: Pick<Report, 'coveredBy' | 'error' | 'manualAction' | 'manualActionRows'> = {}
): Report => ({
  ...report,
  ...more,
  status,
  endedAt: iso(endedAt),
  ...durationOf(report, endedAt),
  sources: mapObjIndexed((source): SourceReport => {
    if (source.status !== 'reading') return source
    return { ...source, status: status === 'cancelled' ? 'cancelled' : 'failed' }
  }, report.sources),
})

/** A report with an error of one of its sources. */
export function withSource(
  report: Report,
  { source, ...fields }: { source: SourceName } & Pick<SourceReport, 'error' | 'lastError'>
): Report {
  const name = stockSourceOf(source)
  const own = report.sources[name]
  return own ? { ...report, sources: { ...report.sources, [name]: { ...own, ...fields } } } : report
}

/** A report as `GET /exports/:exportId` responds it. @param now UTC milliseconds */
export const shownReport = (report: Report, now: number): ExportReport => ({
  ...omit(['batches'], report),
  ...durationOf(report, now),
})

const SUMMARY_FIELDS = exportSummary.keyof().options

/** A report as `GET /exports` lists it. @param now UTC milliseconds */
export function summaryOf(report: Report, now: number): ExportSummary {
  const of = Object.values(report.sources)
  const error = report.error ?? of.find((source) => source.error)?.error
  const lastError = report.lastError ?? latest(of.flatMap((source) => source.lastError ?? []))
  return {
    ...pick(SUMMARY_FIELDS, report),
    ...durationOf(report, now),
    ...(error && { error }),
    ...(lastError && { lastError }),
  }
}

const latest = (errors: readonly LastError[]): LastError | undefined =>
  [...errors].sort((a, b) => (a.nextTryAt < b.nextTryAt ? 1 : -1))[0]

function durationOf({ startedAt, endedAt, durationMs }: Report, now: number) {
  if (durationMs !== undefined || startedAt === undefined) return {}
  const end = endedAt === undefined ? now : Date.parse(endedAt)
  return { durationMs: Math.max(0, end - Date.parse(startedAt)) }
}
