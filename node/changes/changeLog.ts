import { pickBy } from 'ramda'
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

const row = z
  .tuple([z.number(), z.number(), z.number(), more.optional()])
  .transform(([skuId, at, modifiedAt, rest]): Change => ({ skuId, at, modifiedAt, ...rest }))

const changesSchema = z.object({ v: z.literal(1), changes: z.array(row) })

/** SKUs in one document of a folder, at most. */
export const MOST_SKUS: Record<ChangesFolder, number> = { pending: 5_000, changes: 20_000 }

/** Changes by SKU, merged: the latest times. */
export class ChangeSet {
  private readonly bySku = new Map<number, Change>()

  constructor(changes: Iterable<Change> = []) {
    this.add(changes)
  }

  add(changes: Iterable<Change>) {
    for (const change of changes) {
      const known = this.bySku.get(change.skuId)
      if (!known) this.bySku.set(change.skuId, { ...change })
      else {
        known.at = Math.max(known.at, change.at)
        known.modifiedAt = Math.max(known.modifiedAt, change.modifiedAt)
        known.attempts = Math.max(known.attempts ?? 0, change.attempts ?? 0)
        // One authenticated report is enough.
        known.unverified = known.unverified && change.unverified
        // A new report is read at once.
        known.notBefore = known.notBefore && change.notBefore
      }
    }
  }

  /** Removes and returns the changes for which `predicate` is true. */
  takeOut(predicate: (change: Change) => boolean): Change[] {
    const found = this.changes.filter(predicate)
    for (const { skuId } of found) this.bySku.delete(skuId)
    return found
  }

  get changes(): Change[] {
    return [...this.bySku.values()]
  }

  /**
   * Saves the changes in one document or, if they are many, in several. All their names have the time range of the whole set, so
   * that a listing finds them where it found the documents that were merged. The same `uniqueId` gives the same names.
   * @param until the end of the time range, if later than all changes
   */
  async save(
    documents: Documents,
    folder: ChangesFolder,
    uniqueId: string,
    until = 0
  ): Promise<void> {
    const { changes } = this
    const moments = changes.map(({ at }) => at)
    const first = moments.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
    const last = moments.reduce((a, b) => Math.max(a, b), until)
    const kind = changes.some(({ modifiedAt }) => modifiedAt > 0) ? 'modified' : 'stock'
    const most = MOST_SKUS[folder]
    for (let start = 0; start < changes.length; start += most) {
      const rows = changes.slice(start, start + most).map((change) => rowOf(change, folder))
      const ownId = start ? `${uniqueId}.${start}` : uniqueId
      const path = changesPath({ first, last, uniqueId: ownId, count: rows.length, kind })
      await documents.save(folder, path, { v: 1, changes: rows })
    }
  }
}

function rowOf({ skuId, at, modifiedAt, ...rest }: Change, folder: ChangesFolder) {
  const more: typeof rest = folder === 'pending' ? pickBy(Boolean, rest) : {}
  return [skuId, at, modifiedAt, ...(Object.keys(more).length > 0 ? [more] : [])]
}

/** Names of the changes in a folder, oldest first. @param most as many names as are needed; more may be left out */
export async function listChanges(
  { documents }: ChangesIo,
  folder: ChangesFolder,
  most?: number
): Promise<ChangesName[]> {
  const paths = await documents.list(folder, '', most)
  return paths.flatMap((path) => parseChangesPath(path) ?? [])
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
      const document = await documents.read(folder, changesPath(name))
      if (document === null) break
      const { data } = changesSchema.safeParse(document)
      if (data) return { name, changes: data.changes }
    }
    return { name, changes: undefined }
  })

/** Name of a document in `pending/` or `changes/`. Times are UTC milliseconds. */
export interface ChangesName {
  /** Its changes were reported from `first` to `last`. */
  first: number
  last: number
  uniqueId: string
  /** How many SKUs it has. */
  count: number
  /** `stock`: only stock changed. `modified`: some of its SKUs themselves changed too. */
  kind: 'stock' | 'modified'
}

/** Sorts by `last`: a merged document is listed after those that it replaces. */
export const changesPath = ({ first, last, uniqueId, count, kind }: ChangesName) =>
  `${timestampOf(last)}~${first}~${uniqueId}~${count}~${kind}`

const PATH = /^([^~]+)~(\d+)~([^~]+)~(\d+)~(stock|modified)$/

/** Parses what {@link changesPath} wrote; undefined for a name of another form. */
export function parseChangesPath(path: string): ChangesName | undefined {
  const [, timestamp = '', first, uniqueId = '', count, kind] = PATH.exec(path) ?? []
  const last = momentOf(timestamp)
  if (last === undefined) return undefined
  return {
    ...{ first: Number(first), last, uniqueId, count: Number(count) },
    kind: kind === 'stock' ? 'stock' : 'modified',
  }
}
