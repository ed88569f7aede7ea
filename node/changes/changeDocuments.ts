import { z } from 'zod'

import type { Clock } from '../exports/clock'
import type { Documents } from '../state/documents'
import { readFarAhead } from '../state/readAhead'
import { type ChangesName, changesPath, parseChangesPath } from './names'
import { unverifiedIn } from './unverified'

/** What was reported of a SKU, UTC milliseconds. */
export interface Change {
  skuId: number
  /** When anything of it last changed. */
  at: number
  /** When it last changed itself, and not only its stock; 0 where it did not. */
  modifiedAt: number
  /** Nobody reported it but posts that anybody can make: there may be no such SKU. */
  unverified?: boolean | undefined
}

/** What reading and moving changes works with. */
export interface ChangesIo {
  documents: Documents
  clock: Pick<Clock, 'now' | 'nonce' | 'sleep'>
}

/** `pending/`: no update exported them yet. `changes/`: the change log. */
export type ChangesFolder = 'pending' | 'changes'

const changesSchema = z.object({
  v: z.literal(1),
  changes: z.array(z.tuple([z.number(), z.number(), z.number()])),
  /** SKU ids. What is in the change log was read since. */
  unverified: z.array(z.number()).optional(),
})

/** Changes of many SKUs: of each, what was reported last. */
export class ChangeSet {
  private readonly bySku = new Map<number, Change>()

  add(changes: Iterable<Change>) {
    for (const change of changes) {
      const known = this.bySku.get(change.skuId)
      if (!known) this.bySku.set(change.skuId, { ...change })
      else {
        known.at = Math.max(known.at, change.at)
        known.modifiedAt = Math.max(known.modifiedAt, change.modifiedAt)
        // One report of VTEX's own is enough.
        known.unverified = known.unverified && change.unverified
      }
    }
  }

  /** Leaves out what never was a change. */
  drop(isDropped: (skuId: number) => boolean) {
    for (const skuId of this.bySku.keys()) if (isDropped(skuId)) this.bySku.delete(skuId)
  }

  get changes(): Change[] {
    return [...this.bySku.values()]
  }

  /**
   * Saves them in documents of at most `most` SKUs, all of them named by the whole time, so that they are listed
   * where the documents were that they were read from. With the same nonce, what is saved again is the same.
   * @throws {StateError}
   */
  async save(documents: Documents, folder: ChangesFolder, nonce: string, most: number) {
    const { changes } = this
    if (changes.length === 0) return
    const moments = changes.map(({ at }) => at)
    const first = moments.reduce((a, b) => Math.min(a, b))
    const last = moments.reduce((a, b) => Math.max(a, b))
    const kind = changes.some(({ modifiedAt }) => modifiedAt > 0) ? 'modified' : 'stock'
    for (let start = 0; start < changes.length; start += most) {
      const part = changes.slice(start, start + most)
      const apart = start ? `${nonce}.${start}` : nonce
      const path = changesPath({ first, last, nonce: apart, count: part.length, kind })
      const rows = part.map(({ skuId, at, modifiedAt }) => [skuId, at, modifiedAt])
      const unverified = folder === 'pending' ? [...unverifiedIn(part)] : []
      const document = { v: 1, changes: rows, ...(unverified.length > 0 && { unverified }) }
      await documents.save(folder, path, document)
    }
  }
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

/** A document that can be understood; undefined where there is none, or none any more. @throws {StateError} */
export async function readUnderstood<T>(
  { documents }: ChangesIo,
  folder: ChangesFolder,
  name: ChangesName,
  schema: z.ZodType<T>
): Promise<T | undefined> {
  for (let look = 1; look <= LOOKS; look++) {
    const document = await documents.read(folder, changesPath(name))
    const { data } = schema.safeParse(document)
    if (data || document === null) return data
  }
  return undefined
}

/** The changes of documents, in order; undefined of one that cannot be read. @throws {StateError} */
export const readChanges = (io: ChangesIo, folder: ChangesFolder, names: readonly ChangesName[]) =>
  readFarAhead(names, async (name) => {
    const found = await readUnderstood(io, folder, name, changesSchema)
    const unverified = new Set(found?.unverified)
    const changes = found?.changes.map(
      ([skuId, at, modifiedAt]): Change => ({
        ...{ skuId, at, modifiedAt },
        ...(unverified.has(skuId) && { unverified: true }),
      })
    )
    return { name, changes }
  })
