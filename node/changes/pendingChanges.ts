import {
  type Change,
  type ChangesIo,
  type ChangesName,
  changesPath,
  listChanges,
  readChanges,
} from './changeLog'

/** Limits of one update; about, for the SKUs. Later updates take the others. */
export const MOST_TAKEN = 5_000
const MOST_TAKEN_SKUS = 500_000

/** Pending changes of one document. */
export interface Taken {
  skuIds: readonly number[]
  /** Those of them that are unverified, as far as this document says. */
  unverified: ReadonlySet<number>
  /** The document. */
  path: string
}

/** Names of the pending changes that an update takes, oldest first. */
export const namesTaken = (io: ChangesIo): Promise<ChangesName[]> =>
  listChanges(io, 'pending', '', MOST_TAKEN)

/**
 * Yields the pending changes that an update takes.
 * @param startedAt when the update began, UTC milliseconds
 */
export async function* takePending(io: ChangesIo, startedAt: number): AsyncGenerator<Taken> {
  const names = await namesTaken(io)
  let taken = 0
  for await (const { name, changes = [] } of readChanges(io, 'pending', names)) {
    const due = changes.filter(({ notBefore = 0 }) => notBefore <= startedAt)
    if (due.length === 0) continue
    const skuIds = due.map(({ skuId }) => skuId)
    yield { skuIds, unverified: unverifiedIn(due), path: changesPath(name) }
    taken += due.length
    if (taken >= MOST_TAKEN_SKUS) return
  }
}

/** Names of all pending changes; if they are {@link isTooLong}, of the first ones. */
export const backlogOf = (io: ChangesIo): Promise<ChangesName[]> =>
  listChanges(io, 'pending', '', MOST_TAKEN + 1)

/** True if only updates should read so many documents. */
export const isTooLong = (backlog: readonly ChangesName[]): boolean => backlog.length > MOST_TAKEN

/** Collects unverified SKU ids: those that only unauthenticated requests reported. */
export class UnverifiedIds {
  private readonly noted = new Map<number, boolean>()

  note(skuIds: Iterable<number>, unverified: ReadonlySet<number>) {
    for (const skuId of skuIds) {
      this.noted.set(skuId, unverified.has(skuId) && this.noted.get(skuId) !== false)
    }
  }

  has(skuId: number): boolean {
    return this.noted.get(skuId) === true
  }

  /** Unsorted, each once. */
  get ids(): number[] {
    return [...this.noted.keys()].filter((skuId) => this.has(skuId))
  }
}

/** The ids of the unverified changes. */
export const unverifiedIn = (changes: readonly Change[]): ReadonlySet<number> =>
  new Set(changes.filter(({ unverified }) => unverified).map(({ skuId }) => skuId))
