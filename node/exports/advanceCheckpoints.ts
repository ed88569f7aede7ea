import { difference, intersection, partition } from 'ramda'
import { acknowledge, MOST_ATTEMPTS, namesTaken } from '../changes/pendingChanges'
import type { Failure } from '../offers/stockOffer'
import { CHANGING_SOURCES, type RetriedRow, type SourceName } from '../sources/source'
import { MAX_LISTED } from './batchResult'
import { saveCheckpoint } from './checkpoints'
import { END } from './documentNames'
import type { Dependencies } from './engine'
import { type ExportRequest, readsAll } from './exportRequest'
import type { Progress } from './exportState'
import { isRead } from './nextStep'
import { listedIds } from './planDocuments'
import type { QueueSnapshot } from './queue'
import type { CommittedBatch } from './receipts'
import type { Report } from './report'
import { advanceRefresh, beginRounds } from './sellersRefresh'

/** With more failed rows than this, the watermark is kept: the cause is not the rows. */
const MOST_AGAIN = 1_000

/** An export of which no step is left. */
interface CompletedExport {
  queue: QueueSnapshot
  request: ExportRequest
  progress: Progress
  batches: readonly CommittedBatch[]
  found: Report
}

/** For each source that was read to the end, saves what later updates start from. */
export async function advanceCheckpoints(engine: Dependencies, completed: CompletedExport) {
  const { request, progress } = completed
  if (request.dry) return {}
  // VTEX reports changes of the own stock, so updates depend on that source if it is exported.
  const [leading] = changingSources(progress.plan.sources)
  const skus = !leading || isComplete(progress, leading) ? await advanceSkus(engine, completed) : {}
  await advanceRefresh(engine, completed.queue, progress, completed.batches)
  const rows = isComplete(progress, 'centra') ? await advanceWatermark(engine, completed) : {}
  return { ...skus, ...rows }
}

const isComplete = ({ sources }: Progress, name: SourceName) =>
  sources.some((state) => state.source === name && isRead(state))

/** Acknowledges the changes that were exported, and saves a `fullSync` checkpoint after a full export. */
async function advanceSkus(engine: Dependencies, completed: CompletedExport) {
  const { queue, request, progress, batches } = completed
  const { exportId, route } = request
  const { documents, log } = engine
  const { everything, startedAt, sources } = progress.plan
  if (!readsAll(request)) return {}
  const failed = await failedSkus(engine, progress, batches)
  const isWhole = changingSources(sources).every((name) => isComplete(progress, name))
  if (everything && ((failed.size === 0 && isWhole) || route === 'update')) {
    const { settingsHash } = queue
    await saveCheckpoint(documents, { kind: 'fullSync', at: startedAt, settingsHash, exportId })
    await beginRounds(engine, queue, progress)
  }
  if (route !== 'update') return {}
  const paths = listedChanges(progress) ?? (await namesTaken(engine)).map(({ path }) => path)
  const lists = Object.values(progress.lists)
  const unverified = new Set(lists.flatMap((list) => list?.unverified ?? []))
  const unknown = new Set(batches.flatMap((batch) => batch.unknown ?? []))
  if (unknown.size > 0) log.info('changes.unknown', { exportId, skus: unknown.size })
  const unimported = unimportedIn(batches)
  const done = { exportId, paths, failed, unimported, unverified, unknown, startedAt }
  const tooOften = await acknowledge(engine, done)
  if (tooOften.size === 0) return {}
  log.error('update.abandoned', { exportId, skus: tooOften.size, attempts: MOST_ATTEMPTS })
  return { manualAction: [...tooOften].slice(0, MAX_LISTED) }
}

/** The pending changes that all worklists contain; undefined if no source reads changed SKUs. */
function listedChanges({ lists }: Progress): string[] | undefined {
  const all = CHANGING_SOURCES.flatMap((name) => lists[name] ?? []).map((list) => list.consumes)
  return all.length > 0 ? all.reduce((left, consumes) => intersection(left, consumes)) : undefined
}

/** The exported sources whose changes VTEX reports. */
const changingSources = (sources: readonly SourceName[]) =>
  CHANGING_SOURCES.filter((name) => sources.includes(name))

/** SKUs that the next update has to read again: failed ones, and changed ones that an abandoned source did not read. */
async function failedSkus(
  engine: Dependencies,
  { plan, lists, sources }: Progress,
  batches: readonly CommittedBatch[]
): Promise<Set<number>> {
  const failed: number[] = []
  for (const source of changingSources(plan.sources)) {
    for (const skuId of skusIn(failuresOf(batches, source))) failed.push(skuId)
    const { [source]: list } = lists
    const gap = sources.find((state) => state.source === source)?.gap
    // A full export is not repaired by updates.
    if (plan.everything || !list || !gap) continue
    const range = { from: gap.from, to: END }
    const left = await listedIds(engine, plan.exportId, list, range, Number.POSITIVE_INFINITY)
    for (const skuId of left.ids) failed.push(skuId)
  }
  return new Set(failed)
}

const failuresOf = (batches: readonly CommittedBatch[], source: SourceName): Failure[] =>
  batches.filter((batch) => batch.source === source).flatMap(({ failures }) => failures)

const skusIn = (failures: readonly Failure[]) => failures.flatMap(({ skuId }) => skuId ?? [])

/** A failed import is a failure of Intershop, not of its offers: no number of them abandons a change. */
const isOfImport = ({ code }: Failure) => code === 'icm_import'

/** SKUs that failed only because Intershop did not import them. */
function unimportedIn(batches: readonly CommittedBatch[]): Set<number> {
  const failures = batches.flatMap((batch) => batch.failures)
  const [unimported, unread] = partition(isOfImport, failures)
  return new Set(difference(skusIn(unimported), skusIn(unread)))
}

/** Moves the watermark if Centra was read fully or from the watermark on, and all failed rows can be read again. */
async function advanceWatermark({ documents, log }: Dependencies, completed: CompletedExport) {
  const { queue, request, progress, batches, found } = completed
  const { exportId, route } = request
  const { startedAt, centra } = progress.plan
  if (!centra || !(readsAll(request) || route === 'seller')) return {}
  const failures = failuresOf(batches, 'centra')
  const again = attemptsOf(failures, centra.again)
  if (!again) {
    log.error('watermark.kept', { exportId, failed: failures.length })
    return {}
  }
  const rows = (centra.since === undefined ? found.sources.centra?.read : centra.rows) ?? 0
  const { settingsHash } = queue
  const [tooOften, retried] = partition(({ attempts }) => attempts >= MOST_ATTEMPTS, again)
  const watermark = { kind: 'watermark', at: startedAt, settingsHash, exportId } as const
  await saveCheckpoint(documents, watermark, { again: retried, rows })
  if (tooOften.length === 0) return {}
  log.error('update.abandoned', { exportId, rows: tooOften.length, attempts: MOST_ATTEMPTS })
  return { manualActionRows: tooOften.slice(0, MAX_LISTED).map(({ rowId }) => rowId) }
}

/** The attempts of each failed row; undefined if a row has no id, or too many failed. */
function attemptsOf(failures: readonly Failure[], before: readonly RetriedRow[]) {
  const made = new Map(before.map(({ rowId, attempts }) => [rowId, attempts]))
  const rows = new Map<number, number>()
  for (const failure of failures) {
    const { rowId } = failure
    if (rowId === undefined || rows.size >= MOST_AGAIN) return undefined
    rows.set(rowId, (made.get(rowId) ?? 0) + (isOfImport(failure) ? 0 : 1))
  }
  return [...rows].map(([rowId, attempts]) => ({ rowId, attempts }))
}
