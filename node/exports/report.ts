import { add, mergeWith, pluck, reduce, sum } from 'ramda'
import {
  addCounts,
  type Failure,
  noOffers,
  type OfferCounts,
  type OfferName,
} from '../offers/stockOffer'
import {
  CHANGING_SOURCES,
  type SourceName,
  type StockSource,
  stockSourceOf,
} from '../sources/source'
import { type Drifted, MAX_LISTED, noneZeroed, type ZeroedCounts } from './batchResult'
import type { ExportRequest, Scope } from './exportRequest'
import type { Progress } from './exportState'
import { isAbandoned, isRead, type SourceState } from './nextStep'
import type { CommittedBatch } from './receipts'

export type Status =
  | 'queued'
  | 'running'
  | 'cancelling'
  | 'completed'
  | 'completedWithErrors'
  | 'failed'
  | 'cancelled'

/** Whether nothing of an export will change any more. */
export const hasEnded = (status: Status): boolean =>
  status !== 'queued' && status !== 'running' && status !== 'cancelling'

/** What failed last, and will be tried again. */
export interface LastError {
  code: string
  message: string
  /** Failures since it last made progress. */
  attempts: number
  /** Not before this moment. */
  nextTryAt: string
}

/** How an export got on with one of its sources. */
export interface SourceReport {
  status: 'reading' | 'complete' | 'failed' | 'cancelled'
  /** SKUs or, of Centra, rows. */
  read: number
  offers: OfferCounts
  /** Why it was not read to its end. */
  error?: { code: string; message: string }
  lastError?: LastError
}

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
  /** Those that sources are asked for; one that two of them are asked for counts twice. */
  skus: { planned?: number; read: number; remaining?: number }
  sources: Partial<Record<StockSource, SourceReport>>
  offers: OfferCounts
  /** Offers among `sent` that are 0 now and were more: read so, gone, or known by another name now. */
  zeroed: ZeroedCounts
  /** The first hundred of those that a guard kept back; offers.held counts them all. */
  heldOffers: OfferName[]
  /** Offers that differed from what Intershop was told, though no change was reported. */
  drift: number
  /** The first hundred of them, with the quantity that Intershop was told and the one that was found. */
  drifted: Drifted[]
  /** Files delivered. */
  files: number
  /** The first hundred; offers.failed counts them all. */
  failures: Failure[]
  /** The first hundred; offers.unmapped counts them all. */
  unmapped: Failure[]
  /** SKUs that updates failed to read ten times and try no more, the first hundred: a person has to look. */
  manualAction?: number[]
  /** Rows of Centra's stock (stockItemId) of which the same is true. */
  manualActionRows?: number[]
  /** How the worker that delivered last got on with each upstream until then. */
  traffic?: Record<string, unknown>
  error?: { code: string; message: string }
  /** What concerns all of it, delivery for one. */
  lastError?: LastError
}

const iso = (moment: number) => new Date(moment).toISOString()

const WOULD_BE_SENT = '"sent" is what would have been sent'
const DRY_ASKED = `dry run, as asked by dryRun=true: ${WOULD_BE_SENT}`
const DRY_WORKSPACE = `dry run: this workspace is not production and deliverFromWorkspace does not name it; ${WOULD_BE_SENT}`
const FORCED = 'force: nothing is held back'

/**
 * The report of an export, as far as it got.
 * @param deliveries of the parts that count
 */
export function reportOf(
  request: ExportRequest,
  progress: Progress | undefined,
  deliveries: readonly CommittedBatch[],
  status: Status
): Report {
  const latest = [...deliveries].sort((a, b) => b.deliveredAt - a.deliveredAt)[0]
  const plan = progress?.plan
  const states = progress?.sources ?? []
  const names = new Set(states.map(({ source }) => stockSourceOf(source)))
  const sources = Object.fromEntries(
    [...names].map((name) => [name, sourceReport(name, states, deliveries)])
  )
  const offers = countsOf(deliveries)
  return {
    exportId: request.exportId,
    route: request.route,
    scope: request.scope,
    status,
    notes: [
      ...(plan?.notes ?? []),
      ...notesOf(request, offers),
      ...unexpectedNote(deliveries.flatMap(({ unexpectedFields = [] }) => unexpectedFields)),
    ],
    acceptedAt: iso(request.acceptedAt),
    ...(plan && { startedAt: iso(plan.startedAt) }),
    skus: skusOf(progress, deliveries),
    sources,
    offers,
    zeroed: pluck('zeroed', deliveries).reduce(mergeWith(add), noneZeroed),
    heldOffers: deliveries.flatMap(({ held }) => held).slice(0, MAX_LISTED),
    drift: sum(pluck('drift', deliveries)),
    drifted: deliveries.flatMap(({ drifted }) => drifted).slice(0, MAX_LISTED),
    files: deliveries.reduce((sum, { files }) => sum + files.length, 0),
    failures: deliveries.flatMap(({ failures }) => failures).slice(0, MAX_LISTED),
    unmapped: deliveries.flatMap(({ unmapped }) => unmapped).slice(0, MAX_LISTED),
    ...(latest && { traffic: latest.traffic }),
  }
}

function notesOf({ dry, dryRun, force }: ExportRequest, { held }: OfferCounts): string[] {
  const why = dryRun ? DRY_ASKED : DRY_WORKSPACE
  return [...(dry ? [why] : []), ...(force ? [FORCED] : []), ...(held > 0 ? [heldNote(held)] : [])]
}

const heldNote = (held: number) =>
  `held: ${held} that are 0 now, or gone: more at once than a guard lets pass. Intershop still sells them; once it is known to be right, any route with ?force=true releases them`

/** One note, in however many rows and parts they came. */
function unexpectedNote(fields: readonly string[]): string[] {
  if (fields.length === 0) return []
  const names = [...new Set(fields)].sort().join(', ')
  return [
    `Centra: some values of these fields are of another type than documented: ${names}. The app does not use them; no row is left out because of them`,
  ]
}

const countsOf = (deliveries: readonly CommittedBatch[]) =>
  reduce(addCounts, noOffers, pluck('counts', deliveries))

const readOf = (deliveries: readonly CommittedBatch[]) =>
  deliveries.reduce((sum, { skus }) => sum + skus, 0)

function sourceReport(
  name: StockSource,
  states: readonly SourceState[],
  deliveries: readonly CommittedBatch[]
): SourceReport {
  const own = deliveries.filter(({ source }) => stockSourceOf(source) === name)
  const left = states.filter((state) => stockSourceOf(state.source) === name && !isRead(state))
  const status = left.length === 0 ? 'complete' : left.some(isAbandoned) ? 'failed' : 'reading'
  return { status, read: readOf(own), offers: countsOf(own) }
}

const isChanging = (name: SourceName) => CHANGING_SOURCES.some((each) => each === name)

function skusOf(
  progress: Progress | undefined,
  deliveries: readonly CommittedBatch[]
): Report['skus'] {
  const read = readOf(deliveries.filter(({ source }) => isChanging(source)))
  if (!progress) return { read }
  const { plan, lists } = progress
  const listed = CHANGING_SOURCES.flatMap((name) => lists[name] ?? [])
  const isKnown = listed.length > 0 || !plan.sources.some(isChanging)
  const planned = isKnown ? sum(pluck('total', listed)) : undefined
  return planned === undefined
    ? { read }
    : { planned, read, remaining: Math.max(0, planned - read) }
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
  sources: Object.fromEntries(
    Object.entries(report.sources).map(([name, source]) => [name, endedSource(source, status)])
  ),
})

/** An export that ended before all of a source was read ended that reading, too. */
function endedSource(source: SourceReport, status: Status): SourceReport {
  if (source.status !== 'reading') return source
  return { ...source, status: status === 'cancelled' ? 'cancelled' : 'failed' }
}
