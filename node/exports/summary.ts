import { add, mapObjIndexed, mergeWith, omit, reject } from 'ramda'
import { z } from 'zod'
import { OWN_SELLER } from '../offers/offerSku'
import type { Ledger } from '../published/ledger'
import { STOCK_SOURCES, type StockSource } from '../sources/source'
import type { Documents } from '../state/documents'
import { type BatchReceipt, exportIdIn, type Zeroed } from './documentNames'
import type { Dependencies } from './engine'
import { drop, error, ROUTES, UPSTREAMS, type Upstream } from './exportAnswers'
import type { QueueSnapshot } from './queue'
import { receiptId, receiptsOf } from './receipts'
import type { Report } from './report'
import { endedReportOf, searchEnded } from './reports'
import { heldBySource } from './zeroGuard'

const counts = z.record(z.string(), z.number())
const errorSeen = error.extend({ at: z.number(), exportId: z.string() })

const ended = z.object({ exportId: z.string(), endedAt: z.number(), durationMs: z.number() })

/** Times are UTC milliseconds. */
const summarySchema = z.object({
  v: z.literal(1),
  /** When it was written. */
  at: z.number(),
  /** The exports in it that were accepted in its last hours, by id. */
  reports: z.array(z.string()),
  lastUpdate: ended.optional(),
  lastFullExport: ended.optional(),
  /** By route: the last failed export, if no later success made up for it. */
  failed: z.partialRecord(z.enum(ROUTES), errorSeen),
  held: z.record(z.enum(STOCK_SOURCES), z.number()),
  manualAction: z.object({ skus: z.number(), rows: z.number(), exportId: z.string() }).optional(),
  errors: z.partialRecord(z.enum(UPSTREAMS), errorSeen),
  drop: drop.extend({ oldestAgeSeconds: z.number().optional() }).optional(),
  /** Since the summary was first written. */
  totals: z.object({ exports: counts, offers: counts, failureCodes: counts, drift: z.number() }),
  /** Responses with 429 by upstream, of the worker that published last. */
  rateLimited: counts,
})

/**
 * What was last seen of the exports, in one document, so that looking costs the same whatever the history. It is
 * rewritten, and may be lost or outdated: then it is rebuilt from reports. No export goes by it.
 */
export type Summary = z.infer<typeof summarySchema>

export const NO_SUMMARY: Summary = {
  ...{ v: 1, at: 0, reports: [], failed: {}, errors: {}, rateLimited: {} },
  held: { own: 0, centra: 0, sellers: 0 },
  totals: { exports: {}, offers: {}, failureCodes: {}, drift: 0 },
}

/** Ids of reports in it: as many as can end while an older summary is read. */
const REPORTS_KNOWN = 100
/** A lost summary is rebuilt from so many reports: a day of updates every five minutes. */
const REBUILT_FROM = 300

/** Undefined if it is lost. */
export const readSummary = async (documents: Documents): Promise<Summary | undefined> =>
  summarySchema.safeParse(await documents.read('summary', 'summary')).data

export const saveSummary = (documents: Documents, summary: Summary): Promise<void> =>
  documents.save('summary', 'summary', summary)

/** Adds an export that ended to the summary. */
export async function summarizeEnd(
  engine: Dependencies,
  ledger: Ledger,
  queue: QueueSnapshot,
  report: Report
): Promise<void> {
  const { documents, clock } = engine
  const saved = await readSummary(documents)
  const known = saved ?? (await rebuiltSummary(documents, clock.now()))
  const isSame = saved !== undefined && report.offers.processed === 0
  const held = (isSame ? undefined : await heldNow(engine, ledger, queue)) ?? known.held
  await saveSummary(documents, { ...withReport(known, report), held, at: clock.now() })
}

async function rebuiltSummary(documents: Documents, now: number): Promise<Summary> {
  const bounds = { most: REBUILT_FROM, mostRead: REBUILT_FROM }
  const { reports } = await searchEnded(documents, now, bounds)
  return reports.reverse().reduce(withReport, NO_SUMMARY)
}

/** Held offers by source, from the newest generation and the names of later receipts; undefined without settings. */
async function heldNow(engine: Dependencies, ledger: Ledger, { deliveries }: QueueSnapshot) {
  const settings = await engine.settings().catch(() => undefined)
  if (!settings) return undefined
  const { generation } = await ledger.at(receiptsOf(deliveries)).base()
  const isLater = (each: BatchReceipt) =>
    !each.dry && each.state === 'committed' && !generation.folded.has(receiptId(each))
  const changes = deliveries.filter(isLater).flatMap(({ held = [] }) => held)
  const sumOf = (a: number, b: number) => Math.max(0, a + b)
  return changes.reduce<Zeroed>(mergeWith(sumOf), heldBySource(generation.held, settings))
}

/** Adds the latest reports: another worker may have written an older summary. @param names in the folder `ended` */
export async function withLatest(
  documents: Documents,
  summary: Summary,
  names: readonly string[],
  most: number
): Promise<Summary> {
  const [oldestKnown = ''] = summary.reports
  const missing = names
    .map(exportIdIn)
    .filter((id) => id > oldestKnown && !summary.reports.includes(id))
    .sort()
    .slice(-most)
  const reports = await Promise.all(missing.map((id) => endedReportOf(documents, id)))
  return reports.filter((report) => report !== undefined).reduce(withReport, summary)
}

/** A summary after one more export has ended. A pure function; a report that it has already changes nothing. */
export function withReport(summary: Summary, report: Report): Summary {
  const { exportId, route, dryRun, coveredBy } = report
  if (summary.reports.includes(exportId)) return summary
  const at = report.endedAt === undefined ? 0 : Date.parse(report.endedAt)
  const reports = [...summary.reports, exportId].sort().slice(-REPORTS_KNOWN)
  const known = { ...summary, reports }
  if (dryRun || coveredBy) return known
  const own = { exportId, endedAt: at, durationMs: report.durationMs ?? 0 }
  const succeeded = isSuccess(report)
  const isLatest = (of: Report['route'], before?: { endedAt: number }) =>
    succeeded && route === of && (before?.endedAt ?? 0) <= at
  return {
    ...known,
    ...(isLatest('update', known.lastUpdate) && { lastUpdate: own }),
    ...(isLatest('export', known.lastFullExport) && { lastFullExport: own }),
    failed: failedAfter(known.failed, report, at, succeeded),
    manualAction: manualActionAfter(known, report, succeeded),
    errors: { ...known.errors, ...errorsIn(report, at) },
    ...(report.drop && { drop: report.drop }),
    totals: {
      exports: mergeWith(add, known.totals.exports, { [report.status]: 1 }),
      offers: mergeWith(add, known.totals.offers, omit(['processed'], report.offers)),
      failureCodes: mergeWith(add, known.totals.failureCodes, report.failureCodes ?? {}),
      drift: known.totals.drift + report.drift,
    },
    rateLimited: report.traffic ? rateLimitedIn(report) : known.rateLimited,
  }
}

/** Single offers that failed are read again by the next update; a failed import keeps a whole batch from Intershop. */
const isSuccess = ({ status, sources, failureCodes }: Report): boolean =>
  status === 'completed' ||
  (status === 'completedWithErrors' &&
    !failureCodes?.icm_import &&
    Object.values(sources).every((source) => source.status === 'complete'))

function failedAfter(
  failed: Summary['failed'],
  { exportId, route, status, error: reason }: Report,
  at: number,
  succeeded: boolean
): Summary['failed'] {
  if (status === 'failed' && (failed[route]?.at ?? 0) <= at) {
    const { code = 'internal', message = '' } = reason ?? {}
    return { ...failed, [route]: { code, message, at, exportId } }
  }
  if (!succeeded) return failed
  // A full export makes up for all that failed before.
  const isMadeUp = ([of, { at: before }]: [string, { at: number }]) =>
    before <= at && (of === route || route === 'export')
  return Object.fromEntries(reject(isMadeUp, Object.entries(failed)))
}

function manualActionAfter(
  { manualAction }: Summary,
  { exportId, route, manualAction: skus = [], manualActionRows: rows = [] }: Report,
  succeeded: boolean
): Summary['manualAction'] {
  if (skus.length + rows.length > 0) return { skus: skus.length, rows: rows.length, exportId }
  return succeeded && route === 'export' ? undefined : manualAction
}

/** The upstream of an error that concerns all of an export, or a source. */
export function upstreamOf(code: string, source?: StockSource): Upstream {
  if (/^(sftp|icm)_/.test(code)) return 'intershop'
  if (source) return source === 'own' ? 'vtex' : source
  return code.startsWith('upstream_') || code === 'circuit_open' ? 'vtex' : 'app'
}

function errorsIn({ exportId, error: reason, sources, failures }: Report, at: number) {
  const errors: Summary['errors'] = {}
  const [failure] = failures
  if (failure) {
    const isOther = failure.sellerId !== undefined && failure.sellerId !== OWN_SELLER
    const source = failure.rowId !== undefined ? 'centra' : isOther ? 'sellers' : 'own'
    const { code, message } = failure
    errors[upstreamOf(code, source)] = { code, message, at, exportId }
  }
  if (reason) errors[upstreamOf(reason.code)] = { ...reason, at, exportId }
  for (const source of STOCK_SOURCES) {
    const found = sources[source]?.error
    if (found) errors[upstreamOf(found.code, source)] = { ...found, at, exportId }
  }
  return errors
}

const trafficSchema = z.record(z.string(), z.object({ rateLimited: z.number() }))

export const rateLimitedIn = ({ traffic }: Pick<Report, 'traffic'>): Record<string, number> =>
  mapObjIndexed(({ rateLimited }) => rateLimited, trafficSchema.safeParse(traffic).data ?? {})
