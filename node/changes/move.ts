import { createHash } from 'node:crypto'

import { readFarAhead } from '../state/readAhead'
import { ChangeSet, type ChangesFolder, type ChangesIo, readChanges } from './changeDocuments'
import { type ChangesName, changesPath } from './names'

/** So much is moved between two saves: a few seconds of calls, and some megabytes. */
const MOST_DOCUMENTS = 1_000
const MOST_CHANGES = 100_000
/** Whoever sees that a change has left its place must see it in the new one. */
export const VISIBLE_AFTER_MS = 1_500

/** SKUs in one document of a folder, at most. */
export const MOST_SKUS: Readonly<Record<ChangesFolder, number>> = {
  pending: 5_000,
  changes: 20_000,
}

export interface Move {
  names: readonly ChangesName[]
  from: ChangesFolder
  to: ChangesFolder
  /** Not worth it for fewer documents. */
  fewest?: number
  /** Told of the changes before anything is saved, and by what they are named; may leave out some. */
  before?: (changes: ChangeSet, nonce: string, until: number) => Promise<void>
}

/** The first of some documents, as many as are moved together. */
export function firstToMove(names: readonly ChangesName[]): ChangesName[] {
  let changes = 0
  const isLeft = names.findIndex(({ count }, index) => {
    changes += count
    return index > 0 && changes > MOST_CHANGES
  })
  return names.slice(0, Math.min(MOST_DOCUMENTS, isLeft === -1 ? names.length : isLeft))
}

/**
 * Merges documents of changes into few: first the merged ones are saved, and only once they are visible the others
 * are removed. A death in between, or a second worker, has changes mentioned twice and loses none.
 * @returns how many documents were removed
 * @throws {StateError}
 */
export async function moveChanges(io: ChangesIo, move: Move): Promise<number> {
  const { names, from, to, fewest = 1, before } = move
  const changes = new ChangeSet()
  const paths: string[] = []
  let until = 0
  for await (const { name, changes: found } of readChanges(io, from, names)) {
    if (!found) continue
    changes.add(found)
    paths.push(changesPath(name))
    until = Math.max(until, name.last)
  }
  if (paths.length < fewest) return 0
  // Whoever merges the same documents saves the same.
  const nonce = createHash('sha256').update(paths.join()).digest('hex').slice(0, 16)
  await before?.(changes, nonce, until)
  await changes.save(io.documents, to, nonce, MOST_SKUS[to], until)
  await io.clock.sleep(VISIBLE_AFTER_MS)
  await removeAll(io, from, paths)
  return paths.length
}

/** @throws {StateError} */
export async function removeAll({ documents }: ChangesIo, folder: ChangesFolder, paths: string[]) {
  for await (const _ of readFarAhead(paths, (path) => documents.remove(folder, path))) {
    // Removed.
  }
}
