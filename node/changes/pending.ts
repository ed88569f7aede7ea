import { partition } from 'ramda'
import { z } from 'zod'

import type { Documents } from '../state/documents'
import { readFarAhead } from '../state/readAhead'
import {
  ChangeSet,
  type ChangesIo,
  listChanges,
  readChanges,
  readUnderstood,
} from './changeDocuments'
import { MOST_SKUS } from './move'
import { type ChangesName, changesPath } from './names'
import { unverifiedIn } from './unverified'

/** So many documents at most, and about so many SKUs, are taken by one update; the next ones take the others. */
export const MOST_TAKEN = 5_000
const MOST_TAKEN_SKUS = 500_000

const skuId = z.number().int().nonnegative()

const retriesSchema = z.object({
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
export interface Retry {
  skuId: number
  attempts: number
  /** Nobody reported it but posts that anybody can make. */
  unverified?: true | undefined
}

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
  const doubted = new Set(unverified)
  const changes = new ChangeSet()
  const add = (skuIds: readonly number[], modifiedAt: number) =>
    changes.add(skuIds.map((id) => ({ skuId: id, at, modifiedAt, unverified: doubted.has(id) })))
  add(stock, 0)
  add(modified, at)
  await changes.save(documents, 'pending', nonce, MOST_SKUS.pending)
}

/**
 * Has updates from a moment on read SKUs once more. Saved twice, the first stays, since what the attempts were
 * counted by may be gone.
 * @param due UTC milliseconds
 * @throws {StateError}
 */
export async function saveRetries(
  { documents }: ChangesIo,
  due: number,
  nonce: string,
  skus: readonly Retry[]
): Promise<void> {
  const most = MOST_SKUS.pending
  for (let start = 0; start < skus.length; start += most) {
    const part = skus.slice(start, start + most)
    const path = changesPath({
      ...{ first: due, last: due, nonce: `${nonce}.${start}`, count: part.length, kind: 'retry' },
    })
    if ((await documents.read('pending', path)) === null) {
      await documents.save('pending', path, { v: 1, skus: part })
    }
  }
}

/** The retries of documents, in order; undefined of one that cannot be read. @throws {StateError} */
export const readRetries = (io: ChangesIo, names: readonly ChangesName[]) =>
  readFarAhead(names, async (name) => {
    const found = await readUnderstood(io, 'pending', name, retriesSchema)
    return { name, skus: found?.skus }
  })

/** Pending changes of an update. */
export interface Taken {
  skuIds: readonly number[]
  /** Those of them that nobody vouches for, as far as their document says. */
  unverified: ReadonlySet<number>
  /** The document that holds them. */
  path: string
}

/** Names of the pending changes that an update takes, and of the retries that are due. @throws {StateError} */
export const pendingDue = async (io: ChangesIo, now: number): Promise<ChangesName[]> =>
  (await listChanges(io, 'pending', '', MOST_TAKEN)).filter(
    (name) => !isRetry(name) || name.last <= now
  )

/**
 * The pending changes that an update takes, with the retries that are due.
 * @param now UTC milliseconds
 * @throws {StateError}
 */
export async function* takePending(io: ChangesIo, now: number): AsyncGenerator<Taken> {
  const [due, changed] = partition(isRetry, await pendingDue(io, now))
  for await (const { name, skus } of readRetries(io, due)) {
    if (skus) yield takenFrom(name, skus)
  }
  let taken = 0
  for await (const { name, changes } of readChanges(io, 'pending', changed)) {
    if (!changes) continue
    yield takenFrom(name, changes)
    taken += changes.length
    if (taken >= MOST_TAKEN_SKUS) return
  }
}

const takenFrom = (
  name: ChangesName,
  found: ReadonlyArray<{ skuId: number; unverified?: boolean | undefined }>
): Taken => ({
  skuIds: found.map(({ skuId }) => skuId),
  unverified: unverifiedIn(found),
  path: changesPath(name),
})

/** Whether there are more documents than are worth reading for anything but an update. @throws {StateError} */
export const isBacklogLong = async (io: ChangesIo): Promise<boolean> =>
  (await listChanges(io, 'pending', '', MOST_TAKEN + 1)).length > MOST_TAKEN

export const isRetry = ({ kind }: ChangesName) => kind === 'retry'
