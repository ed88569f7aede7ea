import { pendingPath } from '../changes/names'
import { isDue, listPending, readAllPending } from '../changes/pending'
import { recordedSince } from '../changes/recording'
import { UnverifiedIds } from '../changes/unverified'
import { lastReported, modifiedSince, skusChangedSince } from '../changes/window'
import { KitIndex } from '../sources/kitIndex'
import type { SkuSource } from '../sources/source'
import type { Documents } from '../state/documents'
import { hasBaseline, isBaselineUnderWay } from './baseline'
import type { Line } from './line'
import type { ExportRequest } from './scope'

const MINUTE_MS = 60_000

/** When the window of an export begins, UTC milliseconds; it has none where no minutes were asked for. */
export const windowOf = ({ acceptedAt, scope: { minutes } }: ExportRequest): number | undefined =>
  minutes === undefined ? undefined : acceptedAt - minutes * MINUTE_MS

interface Selecting {
  documents: Documents
  /** UTC milliseconds. */
  now: number
}

/** Whether an export reads every SKU of own stock, and what a reader of the report should know of it. */
export interface Breadth {
  everything: boolean
  notes: string[]
}

/** Decides it from documents alone. @throws {StateError} */
export async function breadthOf(
  request: ExportRequest,
  documents: Documents,
  line: Line
): Promise<Breadth> {
  const from = windowOf(request)
  if (request.route === 'update') {
    const everything =
      !isBaselineUnderWay(line, request.exportId) &&
      !(await hasBaseline(documents, line.fingerprint))
    const first = 'first update, or the first with these settings: every SKU is read'
    return { everything, notes: everything ? [first] : [] }
  }
  if (from === undefined) return { everything: true, notes: [] }
  const since = await recordedSince(documents)
  if (since !== undefined && since <= from) return { everything: false, notes: [] }
  const superset = 'superset: changes are not recorded for as long, so every SKU is read'
  return { everything: true, notes: [superset] }
}

/** Which SKUs of own stock an export reads. */
export interface Selection {
  /** Unsorted, in batches; an id may come twice. Read once. */
  ids: AsyncIterable<readonly number[]>
  /** Names of the pending changes that are among them; complete when `ids` was read. */
  consumes: string[]
  /** Those of the ids that nobody vouches for; complete when `ids` was read. */
  unverified: UnverifiedIds
}

/**
 * The SKUs of an export that does not read everything: those that changed, and the kits that they are part of,
 * of which VTEX reports nothing then.
 * @throws {StateError}
 */
export function selectChanged(request: ExportRequest, around: Selecting): Selection {
  const from = windowOf(request)
  const { ids, ...selection } = from === undefined ? pending(around) : inWindow(from, around)
  return { ids: withKits(ids, around), ...selection }
}

function inWindow(from: number, { documents, now }: Selecting): Selection {
  const unverified = new UnverifiedIds()
  return { ids: skusChangedSince(documents, from, now, unverified), consumes: [], unverified }
}

async function* withKits(batches: Selection['ids'], { documents }: Selecting) {
  const index = new KitIndex(documents)
  for await (const batch of batches) {
    yield batch
    await index.read(batch)
    yield batch.flatMap((skuId) => index.of(skuId))
  }
}

/**
 * No SKUs, where the account's own stock is not exported. What is pending is done with all the same.
 * @throws {StateError}
 */
export function selectNothing({ route }: ExportRequest, around: Selecting): Selection {
  const { ids: changed, consumes } = pending(around)
  async function* ids() {
    if (route !== 'update') return
    for await (const _ of changed) yield []
  }
  return { ids: ids(), consumes, unverified: new UnverifiedIds() }
}

/**
 * The SKUs of an export of everything. An update exports the pending changes with it.
 * @throws {UpstreamError} {@link StateError}
 */
export function selectAll(
  { route }: ExportRequest,
  source: SkuSource,
  around: Selecting
): Selection {
  if (route !== 'update') {
    return { ids: source.skuIds(), consumes: [], unverified: new UnverifiedIds() }
  }
  const { ids: changed, consumes, unverified } = pending(around)
  async function* ids() {
    yield* changed
    yield* source.skuIds()
  }
  return { ids: ids(), consumes, unverified }
}

function pending({ documents, now }: Selecting): Selection {
  const consumes: string[] = []
  const unverified = new UnverifiedIds()
  async function* ids() {
    const due = (await listPending(documents)).filter((name) => isDue(name, now))
    for await (const found of readAllPending(documents, due)) {
      if (!found) continue
      consumes.push(pendingPath(found.name))
      unverified.noteDocument(found)
      if ('group' in found) {
        yield found.group.stock
        yield found.group.modified
      } else yield found.carried.map(({ skuId }) => skuId)
    }
  }
  return { ids: ids(), consumes, unverified }
}

/** More than these are not told apart: then every SKU counts as modified. */
const MOST_MODIFIED = 200_000

/** When SKUs were last reported modified, UTC milliseconds. */
export interface Modifications {
  /** When one was; 0 where it was not. */
  at(skuId: number): number
  /** When any was; 0 where none was. */
  last: number
}

/** What is known of it from a moment on. @throws {StateError} */
export async function modifications(
  documents: Documents,
  from: number,
  now: number
): Promise<Modifications> {
  const known = await modifiedSince(documents, from, now, MOST_MODIFIED)
  if (!known) return { at: () => now, last: now }
  const last = [...known.values()].reduce((a, b) => Math.max(a, b), 0)
  return { at: (skuId) => known.get(skuId) ?? 0, last }
}

/** What was reported of SKUs, UTC milliseconds; 0 where nothing was. */
export interface Reported {
  /** When one was last modified itself, and not only its stock. */
  modifiedAt(skuId: number): number
  /** When anything of it last changed. */
  changedAt(skuId: number): number
}

export const nothingReported: Reported = { modifiedAt: () => 0, changedAt: () => 0 }

/**
 * What was reported from a moment on; of changes that do not count as modifications, from a later one on.
 * @throws {StateError}
 */
export async function reported(
  documents: Documents,
  since: { modified: number; changed: number },
  now: number
): Promise<Reported> {
  const last = await lastReported(documents, since, now, MOST_MODIFIED)
  const index = new KitIndex(documents)
  const at = async (known: Moments | undefined) => {
    const moments = known && (await ofKitsToo(known, index))
    return (skuId: number) => (moments ? (moments.get(skuId) ?? 0) : now)
  }
  return { modifiedAt: await at(last.modified), changedAt: await at(last.changed) }
}

type Moments = ReadonlyMap<number, number>

/** A kit changes with what it is made of. */
async function ofKitsToo(known: Moments, index: KitIndex): Promise<Moments> {
  await index.read(known.keys())
  const moments = new Map(known)
  for (const [skuId, at] of known) {
    for (const kitId of index.of(skuId)) moments.set(kitId, Math.max(at, moments.get(kitId) ?? 0))
  }
  return moments
}

/**
 * What is known at each call of SKUs modified within some time before the first one. What was known then is read
 * once, later calls read what came since; so it is for one run, as the time goes on.
 * @param withinMs milliseconds
 * @throws {StateError}
 */
export function modificationsOf(documents: Documents, now: () => number, withinMs: number) {
  let first: (Modifications & { readAt: number }) | undefined
  return async (): Promise<Modifications> => {
    const readAt = now()
    if (!first) {
      first = { ...(await modifications(documents, readAt - withinMs, readAt)), readAt }
      return first
    }
    const { at, last } = first
    const since = await modifications(documents, first.readAt, readAt)
    return {
      at: (skuId) => Math.max(at(skuId), since.at(skuId)),
      last: Math.max(last, since.last),
    }
  }
}
