import { consume, MOST_ATTEMPTS } from '../changes/consume'
import { parsePendingPath } from '../changes/names'
import { latestWatermark, saveWatermark } from '../changes/watermarks'
import type { Failure } from '../offers/stockOffer'
import type { RowAgain, SourceName } from '../sources/source'
import { readsAll, saveBaseline } from './baseline'
import { failuresOf } from './deliveries'
import type { Engine } from './engine'
import type { Line } from './line'
import type { Progress, Report } from './report'
import type { ExportRequest } from './scope'

/** A report names so many SKUs or rows. */
const NAMED = 100
/** More rows that cannot be read are not a matter of these rows: then the watermark stays. */
const MOST_AGAIN = 1_000

type NeedPerson = Pick<Report, 'needPerson' | 'needPersonRows'>

/** What later updates go by, of each source that was read to its end. @throws {StateError} */
export async function remember(
  engine: Engine,
  line: Line,
  request: ExportRequest,
  progress: Progress,
  found: Report
): Promise<NeedPerson> {
  if (request.dry) return {}
  const complete = (name: SourceName) =>
    progress.sources.some(({ source, listed, gap }) => source === name && listed && !gap)
  const ownToo = progress.plan.sources.includes('own')
  const skus =
    !ownToo || complete('own') ? await rememberOwn(engine, line, request, progress, found) : {}
  const rows = complete('centra')
    ? await rememberCentra(engine, line, request, progress, found)
    : {}
  return { ...skus, ...rows }
}

/** Notes that changes are exported now, and that everything was. */
async function rememberOwn(
  engine: Engine,
  line: Line,
  request: ExportRequest,
  { plan: { everything, startedAt }, list }: Progress,
  { sources }: Report
): Promise<NeedPerson> {
  const { exportId, route } = request
  const { documents, log } = engine
  if (!readsAll(request)) return {}
  const hasFailures = (sources.own?.offers.failed ?? 0) > 0
  const failures = hasFailures ? await failuresOf(engine, line, exportId, 'own') : []
  if (everything && (failures.length === 0 || route === 'update')) {
    await saveBaseline(documents, line.fingerprint, exportId)
  }
  if (route !== 'update') return {}
  const failed = new Set(failures.map(({ skuId }) => skuId).filter((id) => id !== undefined))
  const names = (list?.consumes ?? []).map(parsePendingPath).filter((name) => name !== undefined)
  const tooOften = await consume(engine, { names, failed, startedAt })
  if (tooOften.size === 0) return {}
  log.error('update.gaveUp', { exportId, skus: tooOften.size, attempts: MOST_ATTEMPTS })
  return { needPerson: [...tooOften].slice(0, NAMED) }
}

/** Moves the watermark, where Centra was read whole or since it, and what failed can be asked for again. */
async function rememberCentra(
  engine: Engine,
  line: Line,
  request: ExportRequest,
  { plan: { startedAt, centra } }: Progress,
  { sources }: Report
): Promise<NeedPerson> {
  const { documents, log } = engine
  const { exportId, route } = request
  if (!centra || !(readsAll(request) || route === 'seller')) return {}
  const hasFailures = (sources.centra?.offers.failed ?? 0) > 0
  const failures = hasFailures ? await failuresOf(engine, line, exportId, 'centra') : []
  const again = attemptsOf(failures, centra.again)
  if (!again) {
    log.error('watermark.stays', { exportId, failed: failures.length })
    return {}
  }
  const rows =
    centra.since === undefined
      ? sources.centra?.read
      : (await latestWatermark(documents, line.fingerprint))?.rows
  const retried = again.filter(({ attempts }) => attempts < MOST_ATTEMPTS)
  const watermark = { at: startedAt, again: retried, rows: rows ?? 0 }
  await saveWatermark(documents, line.fingerprint, exportId, watermark)
  const tooOften = again.filter(({ attempts }) => attempts >= MOST_ATTEMPTS)
  if (tooOften.length === 0) return {}
  log.error('update.gaveUp', { exportId, rows: tooOften.length, attempts: MOST_ATTEMPTS })
  return { needPersonRows: tooOften.slice(0, NAMED).map(({ rowId }) => rowId) }
}

/** How often each row failed; undefined where some cannot be asked for again, or too many. */
function attemptsOf(failures: readonly Failure[], before: readonly RowAgain[]) {
  const made = new Map(before.map(({ rowId, attempts }) => [rowId, attempts]))
  const rowIds = new Set<number>()
  for (const { rowId } of failures) {
    if (rowId === undefined || rowIds.size >= MOST_AGAIN) return undefined
    rowIds.add(rowId)
  }
  return [...rowIds].map((rowId) => ({ rowId, attempts: (made.get(rowId) ?? 0) + 1 }))
}
