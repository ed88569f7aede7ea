import { acknowledge, MOST_ATTEMPTS } from '../changes/acknowledge'
import { changesPath } from '../changes/changeLog'
import { namesTaken } from '../changes/pendingChanges'
import type { Failure } from '../offers/stockOffer'
import {
  CHANGING_SOURCES,
  type RetriedRow,
  type SkuSourceName,
  type SourceName,
} from '../sources/source'
import { MAX_LISTED } from './batchResult'
import { saveCheckpoint } from './checkpoints'
import { END } from './documentNames'
import type { Dependencies } from './engine'
import { type ExportRequest, readsAll } from './exportRequest'
import type { Progress } from './exportState'
import { isRead } from './nextStep'
import { listedIds } from './planDocuments'
import type { QueueSnapshot } from './queue'
import { allBatches, failuresOf } from './receipts'
import type { Report } from './report'

/** More rows that cannot be read are not a matter of these rows: then the watermark stays. */
const MOST_AGAIN = 1_000

type ManualAction = Pick<Report, 'manualAction' | 'manualActionRows'>

/** What later updates go by, of each source that was read to its end. @throws {StateError} */
export async function advanceCheckpoints(
  engine: Dependencies,
  line: QueueSnapshot,
  request: ExportRequest,
  progress: Progress,
  found: Report
): Promise<ManualAction> {
  if (request.dry) return {}
  // VTEX reports changes of own stock: where it is exported, updates go by how far that was read.
  const leading = CHANGING_SOURCES.find((name) => progress.plan.sources.includes(name))
  const skus =
    !leading || isComplete(progress, leading)
      ? await rememberSkus(engine, line, request, progress, found)
      : {}
  const rows = isComplete(progress, 'centra')
    ? await rememberCentra(engine, line, request, progress, found)
    : {}
  return { ...skus, ...rows }
}

const isComplete = ({ sources }: Progress, name: SourceName) =>
  sources.some((state) => state.source === name && isRead(state))

/** Notes that changes are exported now, and that everything was. */
async function rememberSkus(
  engine: Dependencies,
  line: QueueSnapshot,
  request: ExportRequest,
  progress: Progress,
  found: Report
): Promise<ManualAction> {
  const { exportId, route } = request
  const { documents, log } = engine
  const { everything, startedAt, sources } = progress.plan
  if (!readsAll(request)) return {}
  const failed = await failedSkus(engine, line, progress, found)
  const isWhole = asked(sources).every((name) => isComplete(progress, name))
  if (everything && ((failed.size === 0 && isWhole) || route === 'update')) {
    const settingsHash = line.settingsHash
    await saveCheckpoint(documents, { kind: 'fullSync', at: startedAt, settingsHash, exportId })
  }
  if (route !== 'update') return {}
  const paths = consumedBy(progress) ?? (await namesTaken(engine)).map(changesPath)
  const unverified = unverifiedOf(progress)
  const unknown =
    unverified.size > 0 ? await unknownSkus(engine, line, exportId) : new Set<number>()
  if (unknown.size > 0) log.info('changes.unknown', { exportId, skus: unknown.size })
  const done = { exportId, paths, failed, unverified, unknown, startedAt }
  const tooOften = await acknowledge(engine, done)
  if (tooOften.size === 0) return {}
  log.error('update.abandoned', { exportId, skus: tooOften.size, attempts: MOST_ATTEMPTS })
  return { manualAction: [...tooOften].slice(0, MAX_LISTED) }
}

/** The pending changes that every source was asked for; undefined where none is asked for what changed. */
function consumedBy({ lists }: Progress): string[] | undefined {
  const [first, ...others] = CHANGING_SOURCES.flatMap((name) =>
    lists[name]?.consumes ? [lists[name].consumes] : []
  )
  return (
    first &&
    others.reduce((left, consumes) => {
      const both = new Set(consumes)
      return left.filter((name) => both.has(name))
    }, first)
  )
}

/** The sources that are asked for what changed. */
const asked = (sources: readonly SourceName[]) =>
  CHANGING_SOURCES.filter((name) => sources.includes(name))

/** SKUs that are to be read once more. */
async function failedSkus(
  engine: Dependencies,
  line: QueueSnapshot,
  progress: Progress,
  found: Report
) {
  const failed = new Set<number>()
  for (const source of asked(progress.plan.sources)) {
    for (const skuId of await unreadSkus(engine, progress, source)) failed.add(skuId)
    if (!found.sources[source]?.offers.failed) continue
    for (const { skuId } of await failuresOf(engine, line, progress.plan.exportId, source)) {
      if (skuId !== undefined) failed.add(skuId)
    }
  }
  return failed
}

/** SKUs that nobody vouches for in the documents that were listed for some source. */
function unverifiedOf({ lists }: Progress) {
  const found = new Set<number>()
  for (const list of Object.values(lists)) {
    for (const skuId of list?.unverified ?? []) found.add(skuId)
  }
  return found
}

/** SKUs that nobody vouched for and that VTEX does not know. */
async function unknownSkus(engine: Dependencies, line: QueueSnapshot, exportId: string) {
  const unknown = new Set<number>()
  for (const delivery of await allBatches(engine, line, exportId)) {
    for (const skuId of delivery.unknown ?? []) unknown.add(skuId)
  }
  return unknown
}

/** Changed SKUs that a source was given up over. An export of everything is not made good by updates. */
async function unreadSkus(
  engine: Dependencies,
  { plan: { everything, exportId }, lists, sources }: Progress,
  name: SkuSourceName
): Promise<readonly number[]> {
  const { [name]: list } = lists
  const gap = sources.find(({ source }) => source === name)?.gap
  if (everything || !list || !gap) return []
  const range = { from: gap.from, to: END }
  return (await listedIds(engine, exportId, list, range, Number.POSITIVE_INFINITY)).ids
}

/** Moves the watermark, where Centra was read whole or since it, and what failed can be asked for again. */
async function rememberCentra(
  engine: Dependencies,
  line: QueueSnapshot,
  request: ExportRequest,
  { plan: { startedAt, centra } }: Progress,
  { sources }: Report
): Promise<ManualAction> {
  const { documents, log } = engine
  const { exportId, route } = request
  if (!centra || !(readsAll(request) || route === 'seller')) return {}
  const hasFailures = (sources.centra?.offers.failed ?? 0) > 0
  const failures = hasFailures ? await failuresOf(engine, line, exportId, 'centra') : []
  const again = attemptsOf(failures, centra.again)
  if (!again) {
    log.error('watermark.kept', { exportId, failed: failures.length })
    return {}
  }
  const rows = (centra.since === undefined ? sources.centra?.read : centra.rows) ?? 0
  const retried = again.filter(({ attempts }) => attempts < MOST_ATTEMPTS)
  const watermark = { kind: 'watermark', at: startedAt, exportId } as const
  const named = { ...watermark, settingsHash: line.settingsHash }
  await saveCheckpoint(documents, named, { again: retried, rows })
  const tooOften = again.filter(({ attempts }) => attempts >= MOST_ATTEMPTS)
  if (tooOften.length === 0) return {}
  log.error('update.abandoned', { exportId, rows: tooOften.length, attempts: MOST_ATTEMPTS })
  return { manualActionRows: tooOften.slice(0, MAX_LISTED).map(({ rowId }) => rowId) }
}

/** How often each row failed; undefined where some cannot be asked for again, or too many. */
function attemptsOf(failures: readonly Failure[], before: readonly RetriedRow[]) {
  const made = new Map(before.map(({ rowId, attempts }) => [rowId, attempts]))
  const rowIds = new Set<number>()
  for (const { rowId } of failures) {
    if (rowId === undefined || rowIds.size >= MOST_AGAIN) return undefined
    rowIds.add(rowId)
  }
  return [...rowIds].map((rowId) => ({ rowId, attempts: (made.get(rowId) ?? 0) + 1 }))
}
