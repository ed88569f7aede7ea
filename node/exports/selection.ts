import type { ChangesIo } from '../changes/changeLog'
import { skusChangedSince } from '../changes/changesSince'
import { KitIndex } from '../changes/kitIndex'
import { backlogOf, isTooLong, takePending, UnverifiedIds } from '../changes/pendingChanges'
import { type Checkpoints, changeLogStart, hasFullSync } from './checkpoints'
import { type ExportRequest, isOfHeld, readsAll } from './exportRequest'
import type { QueueSnapshot } from './queue'

const MINUTE_MS = 60_000

/** When the window of an export begins, UTC milliseconds; undefined without minutes. */
export const windowOf = ({ acceptedAt, scope: { minutes } }: ExportRequest): number | undefined =>
  minutes === undefined ? undefined : acceptedAt - minutes * MINUTE_MS

/** Whether an export reads every SKU of own stock, with notes for the report. */
interface SkuScope {
  everything: boolean
  notes: string[]
}

/** Decides it from documents, without requests to sources. @throws {StateError} */
export async function skuScopeOf(
  request: ExportRequest,
  io: ChangesIo,
  queue: QueueSnapshot,
  checkpoints: Checkpoints
): Promise<SkuScope> {
  const from = windowOf(request)
  if (isOfHeld(request)) return { everything: false, notes: [] }
  if (request.route === 'update') {
    const everything =
      !hasFullSync(checkpoints, queue.settingsHash) && !isFullSyncUnderWay(queue, request.exportId)
    const first = 'first update, or the first with these settings: every SKU is read'
    return { everything, notes: everything ? [first] : [] }
  }
  if (from === undefined) return { everything: true, notes: [] }
  const since = changeLogStart(checkpoints)
  if (since === undefined || since > from) {
    const superset = 'superset: changes are not recorded for as long, so every SKU is read'
    return { everything: true, notes: [superset] }
  }
  if (!isTooLong(await backlogOf(io))) return { everything: false, notes: [] }
  const superset = 'superset: too many changes are pending to tell them apart, so every SKU is read'
  return { everything: true, notes: [superset] }
}

/** Whether another export is reading every SKU already; dry runs do not count. */
const isFullSyncUnderWay = ({ requests, plans }: QueueSnapshot, but: string): boolean =>
  [...plans].some(([exportId, { everything }]) => {
    const request = requests.get(exportId)
    return exportId !== but && everything && request && !request.dry && readsAll(request)
  })

/** Which SKUs of own stock an export reads. */
export interface Selection {
  /** Unsorted, in batches; an id may come twice. Can be read once. */
  ids: AsyncIterable<readonly number[]>
  /** Names of their pending changes; complete after `ids` was read. */
  consumes: string[]
  /** Ids that VTEX may not know; complete after `ids` was read. */
  unverified: UnverifiedIds
}

/**
 * The changed SKUs, and the kits that they are part of: VTEX does not report kits when their parts change.
 * @param startedAt when the export began, UTC milliseconds
 * @throws {StateError}
 */
export function selectChanged(
  request: ExportRequest,
  startedAt: number,
  around: ChangesIo
): Selection {
  if (isOfHeld(request)) return nothing()
  const from = windowOf(request)
  const { ids, ...selection } =
    from === undefined ? pending(startedAt, around) : inWindow(from, around)
  return { ids: withKits(ids, around), ...selection }
}

function inWindow(from: number, around: ChangesIo): Selection {
  const unverified = new UnverifiedIds()
  return { ids: skusChangedSince(around, from, unverified), consumes: [], unverified }
}

async function* withKits(batches: Selection['ids'], { documents }: ChangesIo) {
  const index = new KitIndex(documents)
  for await (const batch of batches) {
    yield batch
    await index.read(batch)
    yield batch.flatMap((skuId) => index.of(skuId))
  }
}

/** What a full export reads besides the SKUs that its source lists: for an update, the pending changes. */
export function selectPending(
  { route }: ExportRequest,
  startedAt: number,
  io: ChangesIo
): Selection {
  return route === 'update' ? pending(startedAt, io) : nothing()
}

function nothing(): Selection {
  async function* ids() {}
  return { ids: ids(), consumes: [], unverified: new UnverifiedIds() }
}

function pending(startedAt: number, io: ChangesIo): Selection {
  const consumes: string[] = []
  const unverified = new UnverifiedIds()
  async function* ids() {
    for await (const { changes, path } of takePending(io, startedAt)) {
      consumes.push(path)
      yield unverified.note(changes)
    }
  }
  return { ids: ids(), consumes, unverified }
}
