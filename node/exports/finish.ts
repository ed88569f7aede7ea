import { sum, values } from 'ramda'
import { STOCK } from '../common/paths'
import { isSkuSource, type StockSource, stockSourceOf } from '../sources/source'
import { type Documents, ignoreStateError } from '../state/documents'
import { advanceCheckpoints } from './advanceCheckpoints'
import { listCheckpoints, readWatermark } from './checkpoints'
import { endedPath } from './documentNames'
import type { Status } from './exportAnswers'
import type { Progress } from './exportState'
import { type Reason, reasonsOf } from './failedAttempts'
import { type Seen, withSeen } from './intershopChecks'
import { isAbandoned, type Outcome } from './nextStep'
import type { StepContext } from './plan'
import { findExport, progressOf, type QueueSnapshot, requestOf, required } from './queue'
import { batchesOf } from './receipts'
import { endedReport, type Report, reportOf, withSource } from './report'
import { rateLimitedIn, summarizeEnd } from './summary'

type Context = Omit<StepContext, 'settings'>

/** How an export ends: why it failed, and what was found at Intershop. */
interface Ending extends Seen {
  exportId: string
  outcome: Outcome
  error?: Report['error']
}

/**
 * Ends an export: advances the checkpoints, saves the report, then removes the export from the queue. If a worker
 * repeats this step, the first report stays.
 */
export async function finish(
  around: Context,
  queue: QueueSnapshot,
  { exportId, outcome, error, ...seen }: Ending
): Promise<void> {
  const { engine } = around
  const { documents, clock } = engine
  const save = (report: Report) => end(around, queue, report)
  const request = requestOf(queue, exportId)
  const known = progressOf(queue, exportId)
  const reasons = known ? await reasonsOf(documents, exportId, known.sources) : []
  if (outcome !== 'finished') {
    const batches = await batchesOf(engine, queue, exportId, { isWhole: false })
    const report = reasons.reduce(withSource, reportOf(request, known, batches, 'running'))
    return save(endedReport(report, outcome, clock.now(), { error }))
  }
  const progress = required(known, exportId)
  const batches = await batchesOf(engine, queue, exportId, { isWhole: true })
  const found = reportOf(request, progress, batches, 'running')
  const status = statusOf(progress, found)
  const hasFailed = status === 'failed'
  let read = hasFailed ? reasons.reduce(withSource, found) : found
  for (const reason of hasFailed ? [] : reasons) {
    const remaining = await remainingOf(documents, queue, progress, found, reason)
    read = withAbandoned(read, reason, remaining)
  }
  const report = withSeen(read, seen)
  const completed = { queue, request, progress, batches, found }
  const more = hasFailed ? {} : await advanceCheckpoints(engine, completed)
  const endedAt = clock.now()
  for (const covered of hasFailed ? [] : progress.plan.covers) {
    const other = findExport(queue, covered)
    if (!other) continue
    const its = reportOf(other.request, undefined, [], status)
    await save(endedReport(its, status, endedAt, { coveredBy: exportId }))
  }
  const noted = { ...report, notes: [...report.notes, ...incompleteNote(report, more)] }
  await save(endedReport(noted, status, endedAt, { ...more, error: reasons[0]?.error }))
}

function statusOf({ sources }: Progress, found: Report): Status {
  const { failed, held } = found.offers
  if (!sources.some(isAbandoned)) return failed + held > 0 ? 'completedWithErrors' : 'completed'
  // Unseen rows are listed only after all pages were read, so their state says nothing here.
  const all = sources.filter(({ source }) => source !== 'centraRows')
  const isRead = Object.values(found.sources).some(({ read }) => read > 0)
  return !isRead && all.every(isAbandoned) ? 'failed' : 'completedWithErrors'
}

/** How many offers of an abandoned source were not read, as far as the app knows; at least 1. */
async function remainingOf(
  documents: Documents,
  { settingsHash }: QueueSnapshot,
  { plan, lists }: Progress,
  found: Report,
  { source }: Reason
): Promise<number> {
  const isRefresh = source === 'sellersRefresh'
  const of = found.sources[stockSourceOf(source)]
  const read = isRefresh ? found.sellersRefresh?.skus : of?.read
  const rows = async () => {
    if (plan.centra?.since !== undefined) return undefined
    return (await readWatermark(documents, await listCheckpoints(documents), settingsHash))?.rows
  }
  const known = isSkuSource(source) ? lists[source]?.total : await rows()
  return Math.max(1, (known ?? 0) - (read ?? 0))
}

async function end({ engine, reader, ledger }: Context, queue: QueueSnapshot, report: Report) {
  const { documents, log } = engine
  const { exportId, status } = report
  const path = endedPath(exportId)
  if ((await documents.read('ended', path)) === null) {
    await documents.save('ended', path, { v: 1, ...report })
    const fields = endFields(report, queue.exports.length - 1)
    // The cause of missing offers may be temporary; a failed export needs manual action.
    if (status === 'failed') log.error('export.ended', fields)
    else if (status === 'completedWithErrors') log.warn('export.ended', fields)
    else log.info('export.ended', fields)
  }
  // Also where a worker died before it did: the summary takes a report once.
  await summarizeEnd(engine, ledger, queue, report).catch(ignoreStateError)
  reader.open.wrote('ended', path)
  await documents.remove('exports', exportId)
}

/** What the log says of an export that ended. @param queued how many others have not */
function endFields(report: Report, queued: number) {
  const { exportId, route, trigger, status, dryRun, force, offers, drift, files } = report
  const codes = Object.entries(report.failureCodes).map(([code, count]) => `${code}=${count}`)
  const isIncomplete = report.notes.some((note) => note.startsWith(INCOMPLETE))
  return {
    ...{ exportId, route, trigger, status, dryRun, force, durationMs: report.durationMs ?? 0 },
    ...{ ...offers, drift, files, queued, read: report.skus.read },
    rateLimited: sum(values(rateLimitedIn(report))),
    ...(codes.length > 0 && { failures: codes.join(' ').slice(0, ERRORS_SHOWN) }),
    reason: report.error?.message ?? (isIncomplete ? INCOMPLETE : undefined),
  }
}

const INCOMPLETE = 'incomplete, retrying'
const ERRORS_SHOWN = 300

/** A note on offers that later exports read again without help. */
function incompleteNote(
  { route, dryRun, offers: { failed } }: Report,
  { manualAction = [], manualActionRows = [] }: Pick<Report, 'manualAction' | 'manualActionRows'>
): string[] {
  const retried = failed - manualAction.length - manualActionRows.length
  if (retried <= 0 || dryRun) return []
  const kept = `${retried} offers were not read and keep their last quantities`
  return route === 'update'
    ? [`${INCOMPLETE}: ${kept}; the next update reads them again`]
    : [`incomplete: ${kept}; the next full export reads them again. Now: POST ${STOCK}/export`]
}

const NAMES: Record<StockSource, string> = {
  own: "the account's own stock",
  centra: 'Centra',
  sellers: 'the stock of other sellers',
}

/** A report with an abandoned source: its remaining offers count as failed, and Intershop keeps their quantities. */
export function withAbandoned(report: Report, reason: Reason, remaining: number): Report {
  const { source } = reason
  const { processed, failed } = report.offers
  const note = `${NAMES[stockSourceOf(source)]} was not read to its end: at least ${remaining} offers were not read and keep their last quantities`
  return {
    ...withSource(report, reason),
    offers: { ...report.offers, processed: processed + remaining, failed: failed + remaining },
    notes: [...report.notes, note],
  }
}
