import { z } from 'zod'

import type { Documents } from '../state/documents'
import { readFarAhead } from '../state/readAhead'
import { type PendingName, parsePendingPath, pendingPath } from './names'

const skuId = z.number().int().nonnegative()

const groupSchema = z.object({
  v: z.literal(1),
  stock: z.array(skuId),
  modified: z.array(skuId),
  unverified: z.array(skuId).optional(),
})

const carriedSchema = z.object({
  v: z.literal(1),
  skus: z.array(
    z.object({
      skuId,
      attempts: z.number().int().nonnegative(),
      unverified: z.literal(true).optional(),
    })
  ),
})

/** SKUs that were reported changed at about the same time; each id at least once. */
export interface Group {
  /** Their stock changed. */
  stock: readonly number[]
  /** They changed themselves: activity, references, sellers. Their stock may have too. */
  modified: readonly number[]
  /** Those of them that nobody reported but posts that anybody can make: there may be no such SKU. */
  unverified?: readonly number[] | undefined
}

/** A SKU that an update is to read once more, and how often reading it failed. */
export interface Carried {
  skuId: number
  attempts: number
  /** Nobody reported it but posts that anybody can make. */
  unverified?: true | undefined
}

/** A document of pending changes. */
export type Pending =
  | { name: PendingName; group: Group }
  | { name: PendingName; carried: Carried[] }

/** How often a document that cannot be understood is read. */
const LOOKS = 4
/** A document holds so many SKUs at most. */
const MOST_CARRIED = 10_000

/**
 * Makes a group of changes durable.
 * @param at when it is saved, UTC milliseconds: windows go by it
 * @throws {StateError}
 */
export async function saveGroup(
  documents: Documents,
  at: number,
  nonce: string,
  { stock, modified, unverified = [] }: Group
): Promise<void> {
  const kind = modified.length > 0 ? 'modified' : 'stock'
  const document = { v: 1, stock, modified, ...(unverified.length > 0 && { unverified }) }
  await documents.save('pending', pendingPath({ at, nonce, kind }), document)
}

/**
 * Has updates from a moment on read SKUs once more.
 * @param due UTC milliseconds
 * @throws {StateError}
 */
export async function saveCarried(
  documents: Documents,
  due: number,
  nonce: () => string,
  skus: readonly Carried[]
): Promise<void> {
  for (let start = 0; start < skus.length; start += MOST_CARRIED) {
    const path = pendingPath({ at: due, nonce: nonce(), kind: 'carried' })
    await documents.save('pending', path, { v: 1, skus: skus.slice(start, start + MOST_CARRIED) })
  }
}

/** The names of all pending changes, oldest first. @throws {StateError} */
export async function listPending(documents: Documents): Promise<PendingName[]> {
  const names = await documents.list('pending')
  return names.map(parsePendingPath).filter((name) => name !== undefined)
}

/** Whether an update takes it: what was reported always, what was carried when it is due. */
export const isDue = ({ kind, at }: PendingName, now: number) => kind !== 'carried' || at <= now

/**
 * A document of pending changes; undefined where it is not, or not yet, there or cannot be understood.
 * @throws {StateError}
 */
async function readPending(documents: Documents, name: PendingName): Promise<Pending | undefined> {
  const path = pendingPath(name)
  if (name.kind === 'carried') {
    const carried = await understood(documents, path, carriedSchema)
    return carried && { name, carried: carried.skus }
  }
  const group = await understood(documents, path, groupSchema)
  return group && { name, group }
}

/** {@link readPending} of each, in order. @throws {StateError} */
export const readAllPending = (documents: Documents, names: readonly PendingName[]) =>
  readFarAhead(names, (name) => readPending(documents, name))

/** Nonsense may be one answer's; what is skipped for it would only come with the next update. */
async function understood<T>(
  documents: Documents,
  path: string,
  schema: z.ZodType<T>
): Promise<T | undefined> {
  for (let look = 1; look <= LOOKS; look++) {
    const document = await documents.read('pending', path)
    const { data } = schema.safeParse(document)
    if (data || document === null) return data
  }
  return undefined
}
