import { backlogOf, namesTaken } from '../changes/pendingChanges'
import type { Ledger } from '../published/ledger'
import { type Settings, settingsHashOf } from '../settings/settings'
import { CHANGING_SOURCES, type SourceName, type Sources, STOCK_SOURCES } from '../sources/source'
import type { Documents } from '../state/documents'
import {
  type Checkpoints,
  changeLogStart,
  listCheckpoints,
  ofKind,
  readWatermark,
  removeCheckpoints,
  saveCheckpoint,
  superseded,
} from './checkpoints'
import { planNames } from './documentNames'
import type { Dependencies } from './engine'
import {
  type ExportRequest,
  isIdentical,
  isOfHeld,
  isSmall,
  readsAll,
  windowOf,
} from './exportRequest'
import type { Plan } from './planDocuments'
import { type QueueReader, type QueueSnapshot, requestOf } from './queue'
import { refreshOf } from './sellersRefresh'

/** Superseded checkpoints that an export removes: after other settings there may be hundreds. */
const MOST_REMOVED = 20

/** What the steps of a run need. */
export interface StepContext {
  engine: Dependencies
  reader: QueueReader
  settings: Settings
  ledger: Ledger
}

/** The step that decides what an export reads. It calls no source: what has to be listed is listed by a later step. */
export async function savePlan(
  { engine, reader, settings }: StepContext,
  queue: QueueSnapshot,
  exportId: string
): Promise<void> {
  const { documents, clock, log } = engine
  const request = requestOf(queue, exportId)
  const startedAt = clock.now()
  const settingsHash = settingsHashOf(settings)
  const checkpoints = await updatedCheckpoints(documents, request, settingsHash, startedAt)
  const read = engine.sources(request, settings, () => clock.now())
  const bySku = CHANGING_SOURCES.some((name) => read[name])
  const covers = coalescible(queue, exportId)
  const scope = await skuScopeOf(request, engine, queue, checkpoints)
  const everything = bySku && scope.everything
  const isUpdate = request.route === 'update'
  const mayBeIdle = isUpdate && !everything && !request.force
  const isIdle = mayBeIdle && (await namesTaken(engine)).length === 0
  const watermark =
    isUpdate && read.centra ? await readWatermark(documents, checkpoints, settingsHash) : undefined
  const due = refreshOf(request, queue, checkpoints, settings, startedAt)
  const refresh = everything ? undefined : due
  const window = { since: windowOf(request), startId: request.scope.startId }
  const centra = watermark ?? { ...(!isUpdate && window), again: [] }
  const plan: Plan = {
    ...{ v: 1, exportId, uniqueId: clock.uniqueId(), startedAt, covers, everything },
    notes: bySku ? scope.notes : [],
    sources: sourcesIn(read, request, refresh !== undefined),
    ...(refresh && { refresh }),
    ...(isIdle && { nothingPending: true }),
    ...(read.centra && { centra }),
  }
  const path = planNames.build({ ...plan, settingsHash })
  await documents.save('plans', path, plan)
  reader.open.planned(plan, path)
  const sources = plan.sources.join()
  log.info('export.planned', { exportId, sources, everything, covers: covers.length })
}

/** What an export reads, in that order. */
function sourcesIn(sources: Sources, request: ExportRequest, refreshes: boolean): SourceName[] {
  // Held rows of Centra are read by their ids.
  const stock = STOCK_SOURCES.filter(
    (name) => sources[name] && !(name === 'centra' && isOfHeld(request))
  )
  const readsRows = sources.centra && (request.force || isOfHeld(request) || !isSmall(request))
  const names: SourceName[] = readsRows ? [...stock, 'centraRows'] : stock
  return refreshes ? [...names, 'sellersRefresh'] : names
}

/** Whether an export reads every SKU of own stock, with notes for the report. */
async function skuScopeOf(
  request: ExportRequest,
  engine: Dependencies,
  queue: QueueSnapshot,
  checkpoints: Checkpoints
): Promise<Pick<Plan, 'everything' | 'notes'>> {
  const changed = { everything: false, notes: [] }
  const all = (...notes: string[]) => ({ everything: true, notes })
  if (isOfHeld(request)) return changed
  if (request.route === 'update') {
    const isKnown =
      ofKind(checkpoints, 'fullSync', queue.settingsHash).length > 0 ||
      isFullSyncUnderWay(queue, request)
    return isKnown
      ? changed
      : all('first update, or the first with these settings: every SKU is read')
  }
  const from = windowOf(request)
  if (from === undefined) return all()
  if ((changeLogStart(checkpoints) ?? Number.POSITIVE_INFINITY) > from) {
    return all('superset: changes are not recorded for as long, so every SKU is read')
  }
  return (await backlogOf(engine))
    ? changed
    : all('superset: too many changes are pending to tell them apart, so every SKU is read')
}

/** Whether another export is reading every SKU already; dry runs do not count. */
const isFullSyncUnderWay = ({ exports }: QueueSnapshot, but: ExportRequest): boolean =>
  exports.some(
    ({ plan, request }) => request !== but && plan?.everything && !request.dry && readsAll(request)
  )

/** The checkpoints; removes superseded ones, and starts the change log with the first export. */
async function updatedCheckpoints(
  documents: Documents,
  { exportId, dry }: ExportRequest,
  settingsHash: string,
  startedAt: number
): Promise<Checkpoints> {
  const checkpoints = await listCheckpoints(documents)
  const removed = superseded(checkpoints, settingsHash).slice(0, MOST_REMOVED)
  if (!dry) await removeCheckpoints(documents, removed)
  if (changeLogStart(checkpoints) === undefined) {
    const started = { at: startedAt, settingsHash, exportId }
    await saveCheckpoint(documents, { kind: 'changeLogStart', ...started })
  }
  return checkpoints
}

/** Exports that were not planned yet and ask for the same as this one, which answers them too. */
export function coalescible(queue: QueueSnapshot, exportId: string): string[] {
  const request = requestOf(queue, exportId)
  const isAnsweredToo = (other: ExportRequest) =>
    other !== request && isIdentical(request, other) && reachesBackTo(other, request)
  return queue.exports
    .filter(({ planned, coveredBy, cancelled }) => !planned && !coveredBy && !cancelled)
    .filter((each) => isAnsweredToo(each.request))
    .map((each) => each.exportId)
}

/** A window counts back from when its request was accepted, so a later request's window may begin too late. */
const reachesBackTo = (other: ExportRequest, { acceptedAt, scope: { minutes } }: ExportRequest) =>
  minutes === undefined || acceptedAt <= other.acceptedAt
