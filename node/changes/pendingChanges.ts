import {
  type ChangesIo,
  type ChangesName,
  changesPath,
  listChanges,
  readChanges,
} from './changeLog'

/** So many documents at most, and about so many SKUs, are taken by one update; the next ones take the others. */
export const MOST_TAKEN = 5_000
const MOST_TAKEN_SKUS = 500_000

/** Pending changes of an update. */
export interface Taken {
  skuIds: readonly number[]
  /** Those of them that nobody vouches for, as far as their document says. */
  unverified: ReadonlySet<number>
  /** The document that holds them. */
  path: string
}

/** Names of the pending changes that an update takes, oldest first. @throws {StateError} */
export const namesTaken = (io: ChangesIo): Promise<ChangesName[]> =>
  listChanges(io, 'pending', '', MOST_TAKEN)

/**
 * The pending changes that an update takes.
 * @param startedAt when the update began, UTC milliseconds
 * @throws {StateError}
 */
export async function* takePending(io: ChangesIo, startedAt: number): AsyncGenerator<Taken> {
  const names = await namesTaken(io)
  let taken = 0
  for await (const { name, changes } of readChanges(io, 'pending', names)) {
    if (!changes) continue
    const due = changes.filter(({ notBefore = 0 }) => notBefore <= startedAt)
    if (due.length === 0) continue
    const skuIds = due.map(({ skuId }) => skuId)
    yield { skuIds, unverified: unverifiedIn(due), path: changesPath(name) }
    taken += due.length
    if (taken >= MOST_TAKEN_SKUS) return
  }
}

/** Names of all pending changes; where they are {@link isTooLong}, of the first. @throws {StateError} */
export const backlogOf = (io: ChangesIo): Promise<ChangesName[]> =>
  listChanges(io, 'pending', '', MOST_TAKEN + 1)

/** Whether there are more documents than are worth reading for anything but an update. */
export const isTooLong = (backlog: readonly ChangesName[]): boolean => backlog.length > MOST_TAKEN

/**
 * Collects the SKU ids that nobody reported but posts that anybody can make. One report of VTEX's own to the app
 * is enough for an id not to be among them.
 */
export class UnverifiedIds {
  private readonly verified = new Set<number>()
  private readonly unverified = new Set<number>()

  note(skuIds: Iterable<number>, unverified: ReadonlySet<number>) {
    for (const skuId of skuIds) (unverified.has(skuId) ? this.unverified : this.verified).add(skuId)
  }

  has(skuId: number): boolean {
    return this.unverified.has(skuId) && !this.verified.has(skuId)
  }

  /** Unsorted, each once. */
  get ids(): number[] {
    return [...this.unverified].filter((skuId) => !this.verified.has(skuId))
  }
}

/** The ids of changes that are unverified as far as these say. */
export const unverifiedIn = (
  found: ReadonlyArray<{ skuId: number; unverified?: boolean | undefined }>
): ReadonlySet<number> =>
  new Set(found.filter(({ unverified }) => unverified).map(({ skuId }) => skuId))
