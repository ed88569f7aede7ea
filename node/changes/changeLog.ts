import { z } from 'zod'
import { type Clock, timestampText } from '../common/clock'
import { prefetchMany } from '../common/concurrency'
import type { Documents } from '../state/documents'

/** What was reported of a SKU, UTC milliseconds. */
export interface Change {
  skuId: number
  /** When anything of it last changed. */
  at: number
  /** When it last changed itself, and not only its stock; 0 where it did not. */
  modifiedAt: number
  /** How often exports of it failed, one after another. */
  attempts?: number | undefined
  /** Nobody reported it but posts that anybody can make: there may be no such SKU. */
  unverified?: boolean | undefined
  /** An update has read it, and VTEX's index may not have shown yet how it changed: it is read again from then on. */
  notBefore?: number | undefined
}

/** What reading and moving changes works with. */
export interface ChangesIo {
  documents: Documents
  clock: Pick<Clock, 'now' | 'uniqueId' | 'sleep'>
}

/** `pending/`: updates are to export them. `changes/`: the change log, which updates exported. */
export type ChangesFolder = 'pending' | 'changes'

/** What is true of few changes, and only as long as they are pending. */
const rare = z.object({
  attempts: z.number().int().positive().optional(),
  unverified: z.literal(true).optional(),
  notBefore: z.number().optional(),
})

const changesSchema = z.object({
  v: z.literal(1),
  /** SKU id, at, modifiedAt. */
  changes: z.array(z.tuple([z.number(), z.number(), z.number(), rare.optional()])),
})

/** Changes of many SKUs: of each, what was reported last. */
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
        // One report of VTEX's own is enough.
        known.unverified = known.unverified && change.unverified
        // What was reported since is read at once.
        known.notBefore = known.notBefore && change.notBefore
      }
    }
  }

  /** Removes those of which something holds, and returns them. */
  takeOut(holds: (change: Change) => boolean): Change[] {
    const found = this.changes.filter(holds)
    for (const { skuId } of found) this.bySku.delete(skuId)
    return found
  }

  get changes(): Change[] {
    return [...this.bySku.values()]
  }

  /**
   * Saves them in documents of at most `most` SKUs, all of them named by the whole time, so that they are listed
   * where the documents were that they were read from. With the same nonce, what is saved again is the same.
   * @param until the last moment that they are named by, if later than all of them
   * @throws {StateError}
   */
  async save(
    documents: Documents,
    folder: ChangesFolder,
    nonce: string,
    most: number,
    until = 0
  ): Promise<void> {
    const { changes } = this
    if (changes.length === 0) return
    const moments = changes.map(({ at }) => at)
    const first = moments.reduce((a, b) => Math.min(a, b))
    const last = moments.reduce((a, b) => Math.max(a, b), until)
    const kind = changes.some(({ modifiedAt }) => modifiedAt > 0) ? 'modified' : 'stock'
    for (let start = 0; start < changes.length; start += most) {
      const part = changes.slice(start, start + most)
      const apart = start ? `${nonce}.${start}` : nonce
      const path = changesPath({ first, last, nonce: apart, count: part.length, kind })
      const rows = part.map((change) => rowOf(change, folder))
      await documents.save(folder, path, { v: 1, changes: rows })
    }
  }
}

function rowOf({ skuId, at, modifiedAt, ...rest }: Change, folder: ChangesFolder) {
  const { attempts, unverified, notBefore } = rest
  const isRare = folder === 'pending' && (attempts || unverified || notBefore)
  const more = {
    ...(attempts && { attempts }),
    ...(unverified && { unverified }),
    ...(notBefore && { notBefore }),
  }
  return [skuId, at, modifiedAt, ...(isRare ? [more] : [])]
}

/**
 * Changes named in a folder, oldest first.
 * @param most names that are worth listing
 * @throws {StateError}
 */
export async function listChanges(
  { documents }: ChangesIo,
  folder: ChangesFolder,
  prefix = '',
  most?: number
): Promise<ChangesName[]> {
  const paths = await documents.list(folder, prefix, most)
  return paths.map(parseChangesPath).filter((name) => name !== undefined)
}

/** Nonsense may be one response's. */
const LOOKS = 4

/**
 * The changes of documents, in order; undefined where there is no document, or none any more, or none that can be
 * understood.
 * @throws {StateError}
 */
export const readChanges = (
  { documents }: ChangesIo,
  folder: ChangesFolder,
  names: readonly ChangesName[]
) =>
  prefetchMany(names, async (name) => {
    for (let look = 1; look <= LOOKS; look++) {
      const document = await documents.read(folder, changesPath(name))
      const { data } = changesSchema.safeParse(document)
      if (!data && document !== null) continue
      return { name, changes: data?.changes.map(changeOf) }
    }
    return { name, changes: undefined }
  })

const changeOf = ([skuId, at, modifiedAt, more]: z.infer<
  typeof changesSchema
>['changes'][number]): Change => ({ skuId, at, modifiedAt, ...more })

/**
 * What a document of changes holds:
 * - `stock`: SKUs whose stock changed
 * - `modified`: some of its SKUs changed themselves too: activity, references
 */
export type ChangeKind = 'stock' | 'modified'

const KINDS: readonly string[] = ['stock', 'modified'] satisfies ChangeKind[]

/** Name of a document of changes, in `pending/` or `changes/`. Moments are UTC milliseconds. */
export interface ChangesName {
  /** Its changes were reported from `first` to `last`. */
  first: number
  last: number
  nonce: string
  /** How many SKUs it has. */
  count: number
  kind: ChangeKind
}

/** Sorts by `last`: a document is listed after those that were merged into it. */
export const changesPath = ({ first, last, nonce, count, kind }: ChangesName) =>
  `${timestampText(last)}~${first}~${nonce}~${count}~${kind}`

/** Undefined for a name of another form. */
export function parseChangesPath(path: string): ChangesName | undefined {
  const [stamp = '', first = '', nonce = '', count = '', kind = '', ...more] = path.split('~')
  const last = momentOf(stamp)
  const areNumbers = [first, count].every((text) => /^\d+$/.test(text))
  if (last === undefined || !areNumbers || !nonce || more.length > 0) return undefined
  return isKind(kind)
    ? { first: Number(first), last, nonce, count: Number(count), kind }
    : undefined
}

const isKind = (text: string): text is ChangeKind => KINDS.includes(text)

const STAMP = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})$/

/** The moment that `timestampText` wrote, in UTC milliseconds. */
export function momentOf(stamp: string): number | undefined {
  const match = STAMP.exec(stamp)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second, ms] = match
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`)
}
