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
import { type UnverifiedIds, unverifiedIn } from './pendingChanges'

/** A group of changes is named before it is saved, which may take so long. */
const SAVING_MS = 15_000
/** What is listed and not there was moved: then it is listed in its new place. */
const LOOKS = 4
const BETWEEN_MS = 300

/** From when on, UTC milliseconds: anything that changed, and SKUs that changed themselves. */
interface Since {
  changed: number
  modified: number
}

/**
 * What was reported from a moment on, in batches, with some that was reported before it; a change may come twice.
 * First what is pending, then the change log: what moves meanwhile is seen at least once.
 * @param seen documents that were read before and are not read again; those that are read are added
 * @param pending names of all that is pending, where they were listed just now
 * @throws {StateError}
 */
export async function* changesSince(
  io: ChangesIo,
  since: Since,
  seen = new Set<string>(),
  pending?: readonly ChangesName[]
): AsyncGenerator<Change[]> {
  const listed = { pending, changes: undefined }
  const changed = since.changed - SAVING_MS
  const modified = Math.min(since.modified, since.changed) - SAVING_MS
  const isAsked = ({ kind, last }: ChangesName) =>
    last >= (kind === 'modified' ? modified : changed)
  const isWithin = (change: Change) => change.at >= changed || change.modifiedAt >= modified
  for (const folder of ['pending', 'changes'] as const) {
    // All of the log, which is compacted: one call, where one for each day would be many.
    const list = async (isFirst: boolean) =>
      ((isFirst && listed[folder]) || (await listChanges(io, folder))).filter(isAsked)
    for await (const changes of readListed(io, folder, list, seen)) yield changes.filter(isWithin)
  }
}

async function* readListed(
  io: ChangesIo,
  folder: ChangesFolder,
  list: (isFirst: boolean) => Promise<ChangesName[]>,
  seen: Set<string>
): AsyncGenerator<Change[]> {
  for (let look = 1; look <= LOOKS; look++) {
    if (look > 1) await io.clock.sleep(BETWEEN_MS)
    const names = (await list(look === 1)).filter((name) => !seen.has(changesPath(name)))
    let missing = 0
    for await (const { name, changes } of readChanges(io, folder, names)) {
      if (changes) {
        seen.add(changesPath(name))
        yield changes
      } else missing++
    }
    if (missing === 0) return
  }
}

/**
 * The SKUs that were reported changed from a moment on, in batches; one may come twice. Exact, but for what was being
 * saved at that moment; a SKU that changed itself is among them as long as VTEX's index lags.
 * @param from UTC milliseconds
 * @param noted is told of all of them, and which are unverified
 * @throws {StateError}
 */
export async function* skusChangedSince(
  io: ChangesIo,
  from: number,
  noted: UnverifiedIds
): AsyncGenerator<number[]> {
  for await (const changes of changesSince(io, { changed: from, modified: from - INDEX_LAG_MS })) {
    const skuIds = changes.map(({ skuId }) => skuId)
    noted.note(skuIds, unverifiedIn(changes))
    yield skuIds
  }
}
