import { pickBy, splitEvery } from 'ramda'
import { z } from 'zod'
import { type Clock, momentOf, timestampOf } from '../common/clock'
import { prefetchMany } from '../common/concurrency'
import type { Documents } from '../state/documents'

/** What is known of few changes, and only while they are pending. */
const more = z.object({
  /** Failed attempts to export it, in a row. */
  attempts: z.number().int().positive().optional(),
  /** Only requests without authentication reported it: the SKU may not exist. */
  unverified: z.boolean().optional(),
  /** An update read it, and reads it again after this, when VTEX's index shows the change. */
  notBefore: z.number().optional(),
})

/** What was reported of a SKU. Times are UTC milliseconds. */
export interface Change extends z.infer<typeof more> {
  skuId: number
  /** When the SKU or its stock last changed. */
  at: number
  /** When the SKU itself last changed, not only its stock; 0 if it did not. */
  modifiedAt: number
}

/** What reading and moving changes needs. */
export interface ChangesIo {
  documents: Documents
  clock: Pick<Clock, 'now' | 'uniqueId' | 'sleep'>
}

/** `pending/`: updates export these. `changes/`: the change log, of what updates exported. */
export type ChangesFolder = 'pending' | 'changes'

/** How long the change log is kept: as long as a window may reach back, and a day more. */
export const LOG_DAYS = 31

const row = z
  .tuple([z.number(), z.number(), z.number(), more.optional()])
  .transform(([skuId, at, modifiedAt, rest]): Change => ({ skuId, at, modifiedAt, ...rest }))

const changesSchema = z.object({ v: z.literal(1), changes: z.array(row) })

/** SKUs in one document of a folder, at most. */
export const MOST_SKUS: Record<ChangesFolder, number> = { pending: 5_000, changes: 20_000 }

/** One change for each SKU: the latest times. */
export function merged(changes: Iterable<Change>): Change[] {
  const bySku = new Map<number, Change>()
  for (const change of changes) {
    const known = bySku.get(change.skuId)
    bySku.set(change.skuId, {
      ...change,
      ...(known && {
        at: Math.max(known.at, change.at),
        modifiedAt: Math.max(known.modifiedAt, change.modifiedAt),
        attempts: Math.max(known.attempts ?? 0, change.attempts ?? 0),
        // One authenticated report is enough.
        unverified: known.unverified && change.unverified,
        // A new report is read at once.
        notBefore: known.notBefore && change.notBefore,
      }),
    })
  }
  return [...bySku.values()]
}

/**
 * Saves changes in one document or, if they are many, in several. All their names have the time range of the whole set, so
 * that a listing finds them where it found the documents that were merged. The same `uniqueId` gives the same names.
 * @param changes one for each SKU
 * @param until the end of the time range, if later than all changes
 */
export async function saveChanges(
  documents: Documents,
  folder: ChangesFolder,
  uniqueId: string,
  changes: readonly Change[],
  until = 0
): Promise<void> {
  const moments = changes.map(({ at }) => at)
  const first = moments.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const last = moments.reduce((a, b) => Math.max(a, b), until)
  const kind = changes.some(({ modifiedAt }) => modifiedAt > 0) ? 'modified' : 'stock'
  for (const [index, part] of splitEvery(MOST_SKUS[folder], changes).entries()) {
    const ownId = index === 0 ? uniqueId : `${uniqueId}.${index * MOST_SKUS[folder]}`
    // Sorts by `last`: a merged document is listed after those that it replaces.
    const path = `${timestampOf(last)}~${first}~${ownId}~${part.length}~${kind}`
    const rows = part.map((change) => rowOf(change, folder))
    await documents.save(folder, path, { v: 1, changes: rows })
  }
}

function rowOf({ skuId, at, modifiedAt, ...rest }: Change, folder: ChangesFolder) {
  const more: typeof rest = folder === 'pending' ? pickBy(Boolean, rest) : {}
  return [skuId, at, modifiedAt, ...(Object.keys(more).length > 0 ? [more] : [])]
}

/** What the name of a document in `pending/` or `changes/` says. */
export interface ChangesName {
  path: string
  /** Its changes were reported from `first` to `last`, UTC milliseconds. */
  first: number
  last: number
  /** How many SKUs it has. */
  count: number
  /** Some of its SKUs themselves changed, not only their stock. */
  isModified: boolean
}

const PATH = /^([^~]+)~(\d+)~[^~]+~(\d+)~(stock|modified)$/

/** Names of the changes in a folder, oldest first. @param most as many names as are needed; more may be left out */
export async function listChanges(
  { documents }: ChangesIo,
  folder: ChangesFolder,
  most?: number
): Promise<ChangesName[]> {
  const paths = await documents.list(folder, '', most)
  return paths.flatMap((path) => {
    const [, timestamp = '', first, count, kind] = PATH.exec(path) ?? []
    const last = momentOf(timestamp)
    if (last === undefined) return []
    const isModified = kind === 'modified'
    return { path, first: Number(first), last, count: Number(count), isModified }
  })
}

/** An invalid document is read again, since one response may be wrong. */
const READS = 4

/** Yields the changes of documents, in order; undefined if one is missing or invalid. */
export const readChanges = (
  { documents }: ChangesIo,
  folder: ChangesFolder,
  names: readonly ChangesName[]
) =>
  prefetchMany(names, async (name) => {
    for (let read = 1; read <= READS; read++) {
      const document = await documents.read(folder, name.path)
      if (document === null) break
      const { data } = changesSchema.safeParse(document)
      if (data) return { name, changes: data.changes }
    }
    return { name, changes: undefined }
  })

/** A group of changes gets its time before it is saved; saving may take this long. */
const SAVING_MS = 15_000
/** A document that is listed and missing was moved: another listing finds it in its new place. */
const LISTINGS = 4
const BETWEEN_MS = 300

/**
 * Yields, in batches, all changes reported since some moment, and some from before it; a change may come twice. Reads
 * the pending changes before the change log, so that it sees at least once what moves meanwhile.
 * @param since UTC milliseconds: since when a SKU or its stock changed, and a SKU itself
 * @param seen paths of documents to skip; the paths that are read are added
 * @param pending names of all pending changes, if the caller has just listed them
 */
export async function* changesSince(
  io: ChangesIo,
  since: { changed: number; modified: number },
  seen = new Set<string>(),
  pending?: readonly ChangesName[]
): AsyncGenerator<Change[]> {
  const changed = since.changed - SAVING_MS
  const modified = Math.min(since.modified, since.changed) - SAVING_MS
  const isUnread = ({ path, last, isModified }: ChangesName) =>
    last >= (isModified ? modified : changed) && !seen.has(path)
  const isWithin = ({ at, modifiedAt }: Change) => at >= changed || modifiedAt >= modified
  for (const folder of ['pending', 'changes'] as const) {
    const listed = folder === 'pending' ? pending : undefined
    for await (const { name, changes } of readFolder(io, folder, isUnread, listed)) {
      seen.add(name.path)
      yield changes.filter(isWithin)
    }
  }
}

/** Reads what `isUnread` selects, and lists again until nothing that is listed is missing. */
async function* readFolder(
  io: ChangesIo,
  folder: ChangesFolder,
  isUnread: (name: ChangesName) => boolean,
  listed?: readonly ChangesName[]
) {
  for (let listing = 1, missing = 1; missing > 0 && listing <= LISTINGS; listing++) {
    if (listing > 1) await io.clock.sleep(BETWEEN_MS)
    missing = 0
    // The whole folder in one call: one listing for each day would be many.
    const names = (listing === 1 && listed) || (await listChanges(io, folder))
    for await (const { name, changes } of readChanges(io, folder, names.filter(isUnread))) {
      if (changes) yield { name, changes }
      else missing++
    }
  }
}
