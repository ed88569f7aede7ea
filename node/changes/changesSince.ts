import { INDEX_LAG_MS } from '../common/freshness'
import {
  type Change,
  type ChangesFolder,
  type ChangesIo,
  type ChangesName,
  changesPath,
  listChanges,
  readChanges,
} from './changeLog'
import type { UnverifiedIds } from './pendingChanges'

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
  const isUnread = (name: ChangesName) =>
    name.last >= (name.kind === 'modified' ? modified : changed) && !seen.has(changesPath(name))
  const isWithin = ({ at, modifiedAt }: Change) => at >= changed || modifiedAt >= modified
  for (const folder of ['pending', 'changes'] as const) {
    const listed = folder === 'pending' ? pending : undefined
    for await (const { name, changes } of readFolder(io, folder, isUnread, listed)) {
      seen.add(changesPath(name))
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

/**
 * Yields, in batches, the ids of SKUs reported changed since `from`; an id may come twice. A SKU that itself changed is
 * included for as long as VTEX's index lags.
 * @param from UTC milliseconds
 * @param noted collects all ids, and which of them are unverified
 */
export async function* skusChangedSince(
  io: ChangesIo,
  from: number,
  noted: UnverifiedIds
): AsyncGenerator<number[]> {
  for await (const changes of changesSince(io, { changed: from, modified: from - INDEX_LAG_MS })) {
    yield noted.note(changes)
  }
}
