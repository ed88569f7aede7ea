import { add, countBy, mergeWith, pluck, reduce, sum } from 'ramda'
import { iso } from '../common/clock'
import { STOCK } from '../common/paths'
import type { Drop } from '../delivery/publisher'
import {
  addCounts,
  type Failure,
  noOffers,
  type OfferCounts,
  type OfferName,
} from '../offers/stockOffer'
import { CHANGING_SOURCES, isChanging, type StockSource, stockSourceOf } from '../sources/source'
import type { BatchIndex } from './batches'
import { type Drifted, MAX_LISTED, noneZeroed, type ZeroedCounts } from './batchResult'
import type { ExportRequest, Scope, TRIGGERS } from './exportRequest'
import type { Progress } from './exportState'
import { isAbandoned, isRead, type SourceState } from './nextStep'
import type { Plan } from './planDocuments'
import type { CommittedBatch } from './receipts'

export const STATUSES = [
  ...(['queued', 'running', 'cancelling'] as const),
  ...(['completed', 'completedWithErrors', 'failed', 'cancelled'] as const),
] as const

export type Status = (typeof STATUSES)[number]

/** Whether the report is final. */
export const hasEnded = (status: Status): boolean =>
  status !== 'queued' && status !== 'running' && status !== 'cancelling'

/** The last failed attempt, which will be retried. */
export interface LastError {
  code: string
  message: string
  /** Failed attempts since the last progress. */
  attempts: number
  /** Not before this moment. */
  nextTryAt: string
}

/** An export's progress with one of its sources. */
export interface SourceReport {
  status: 'reading' | 'complete' | 'failed' | 'cancelled'
  /** SKUs or, of Centra, rows. */
  read: number
  offers: OfferCounts
  /** Why it was not read to the end. */
  error?: { code: string; message: string }
  lastError?: LastError
}

/** What an update read of other sellers besides pending changes; `sources.sellers` counts it too. */
export interface SellersRefresh {
  skus: number
  offers: OfferCounts
  /** When the update began, no offer had been read longer ago. */
  oldestAgeMinutes: number
}

/** The report of an export, as `GET /exports` returns it. Timestamps are ISO 8601, UTC. */
export interface Report {
  exportId: string
  route: ExportRequest['route']
  scope: Scope
  status: Status
  trigger: (typeof TRIGGERS)[number]
  /** Nothing is published. */
  dryRun: boolean
  force: boolean
  /** What a reader should know, for example that it is a dry run. */
  notes: string[]
  acceptedAt: string
  startedAt?: string
  endedAt?: string
  durationMs?: number
  /** The export that this one was merged into. */
  coveredBy?: string
  /** SKUs to read per source; one that two sources are asked for counts twice. */
  skus: { planned?: number; read: number; remaining?: number }
  sources: Partial<Record<StockSource, SourceReport>>
  offers: OfferCounts
  /** Of an update: the offers of other sellers that were read because they were read longest ago. */
  sellersRefresh?: SellersRefresh
  /** Offers among `sent` that were above 0 and are 0 now: read as 0, removed or renamed. */
  zeroed: ZeroedCounts
  /** The first hundred held offers; offers.held counts them all. */
  heldOffers: OfferName[]
  /** Offers whose quantity differed from the last one sent, although VTEX reported no change. */
  drift: number
  /** The first hundred of them, with the last quantity sent and the one found. */
  drifted: Drifted[]
  /** Files published. */
  files: number
  /** Files of the app that Intershop had not taken yet, before the last batch was published. */
  drop?: Omit<Drop, 'observedAt'> & { observedAt: string }
  /** With `dryRun`: whether offers could have been published. */
  publisherCheck?: PublisherCheck
  /** With `verify`: a sample of what was sent, as Intershop has it. */
  verified?: Verified
  /** The first hundred; offers.failed counts them all. */
  failures: Failure[]
  /** All of them, by code. */
  failureCodes: Record<string, number>
  /** The first hundred; offers.unmapped counts them all. */
  unmapped: Failure[]
  /** The first hundred SKUs that updates failed to read ten times and no longer retry. */
  manualAction?: number[]
  /** The same for Centra stock rows (stockItemId). */
  manualActionRows?: number[]
  /** Request statistics per upstream, of the worker that published last. */
  traffic?: Record<string, unknown>
  error?: { code: string; message: string }
  /** A failed attempt that concerns all sources, for example of publishing. */
  lastError?: LastError
  /** Where all failures, unmapped and held offers are. Responses leave it out. */
  batches?: BatchIndex[]
}

/** Whether offers can be published; with `code` and `message` if they cannot. */
export interface PublisherCheck {
  status: 'ok' | 'failed'
  code?: string
  message: string
}

/** An offer of which Intershop has another stock than was sent; `found` is absent if it has none. */
export type Differing = OfferName & { sent: number; found?: number | undefined }

/** What was read back from Intershop. */
export interface Verified {
  compared: number
  differing: Differing[]
  /** Why nothing was read. */
  error?: { code: string; message: string }
}

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
  const latest = [...batches].sort((a, b) => b.deliveredAt - a.deliveredAt)[0]
  const drop = dropIn(batches)
  const plan = progress?.plan
  const states = progress?.sources ?? []
  const names = new Set(states.map(({ source }) => stockSourceOf(source)))
  const sources = Object.fromEntries(
    [...names].map((name) => [name, sourceReport(name, states, batches)])
  )
  const offers = countsOf(batches)
  return {
    exportId: request.exportId,
    route: request.route,
    scope: request.scope,
    status,
    trigger: request.trigger ?? 'api',
    dryRun: request.dry,
    force: request.force,
    notes: [
      ...(plan?.notes ?? []),
      ...notesOf(request, offers, batches),
      ...dropNote(drop),
      ...unexpectedNote(batches.flatMap(({ unexpectedFields = [] }) => unexpectedFields)),
    ],
    acceptedAt: iso(request.acceptedAt),
    ...(plan && { startedAt: iso(plan.startedAt) }),
    skus: skusOf(progress, batches),
    sources,
    offers,
    ...(plan?.refresh && { sellersRefresh: refreshReport(plan.startedAt, plan.refresh, batches) }),
    zeroed: pluck('zeroed', batches).reduce(mergeWith(add), noneZeroed),
    heldOffers: batches.flatMap(({ held }) => held).slice(0, MAX_LISTED),
    drift: sum(pluck('drift', batches)),
    drifted: batches.flatMap(({ drifted }) => drifted).slice(0, MAX_LISTED),
    files: batches.reduce((sum, { files }) => sum + files.length, 0),
    ...(drop && { drop }),
    failures: batches.flatMap(({ failures }) => failures).slice(0, MAX_LISTED),
    failureCodes: countBy(
      ({ code }) => code,
      batches.flatMap(({ failures }) => failures)
    ),
    unmapped: batches.flatMap(({ unmapped }) => unmapped).slice(0, MAX_LISTED),
    batches: indexOf(batches),
    ...(latest && { traffic: latest.traffic }),
  }
}

function notesOf(
  { dry, dryRun, force }: ExportRequest,
  { held }: OfferCounts,
  batches: readonly CommittedBatch[]
): string[] {
  const why = dryRun ? DRY_ASKED : DRY_WORKSPACE
  const sellers = [...new Set(batches.flatMap((batch) => batch.held).map((each) => each.sellerId))]
  return [
    ...(dry ? [why] : []),
    ...(force ? [FORCED] : []),
    ...(held > 0 ? [heldNote(held, sellers.sort())] : []),
  ]
}

const heldNote = (held: number, sellers: readonly string[]) =>
  `held: ${held} offers are 0 or removed, more at once than maxNewlyZeroPercent allows. Intershop still sells them; if the zeros are correct: POST ${STOCK}/held/release ${JSON.stringify({ sellers })}`

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
function unexpectedNote(fields: readonly string[]): string[] {
  if (fields.length === 0) return []
  const names = [...new Set(fields)].sort().join(', ')
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

const readOf = (batches: readonly CommittedBatch[]) =>
  batches.reduce((sum, { skus }) => sum + skus, 0)

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
): SellersRefresh {
  const own = batches.filter(({ source }) => source === 'sellersRefresh')
  const oldestAgeMinutes = Math.round((startedAt - readAt) / 60_000)
  return { skus: readOf(own), offers: countsOf(own), oldestAgeMinutes }
}

function skusOf(
  progress: Progress | undefined,
  batches: readonly CommittedBatch[]
): Report['skus'] {
  const read = readOf(batches.filter(({ source }) => isChanging(source)))
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
  ...(report.startedAt && {
    durationMs: Math.max(0, endedAt - new Date(report.startedAt).getTime()),
  }),
  sources: Object.fromEntries(
    Object.entries(report.sources).map(([name, source]) => [name, endedSource(source, status)])
  ),
})

/** A source that was still being read when its export ended. */
function endedSource(source: SourceReport, status: Status): SourceReport {
  if (source.status !== 'reading') return source
  return { ...source, status: status === 'cancelled' ? 'cancelled' : 'failed' }
}
