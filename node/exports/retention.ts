import { aperture } from 'ramda'
import { LOG_DAYS } from '../changes/compactChanges'
import { dayOf } from '../common/clock'
import { forEachConcurrently } from '../common/concurrency'
import { newestGeneration, versionOf } from '../published/generations'
import type { Documents, Folder } from '../state/documents'
import { listCheckpoints, removeCheckpoints } from './checkpoints'
import { receiptNames } from './documentNames'
import { requestSchema } from './exportRequest'
import { receiptsOf } from './receipts'
import { KEPT_DAYS } from './reports'

const DAY_MS = 86_400_000
const GENERATION_DAYS = 2
/** Plans and receipts are kept this long after an ended export was accepted. */
const WORK_DAYS = 3

type DocumentName = readonly [Folder, string]

const named = (folder: Folder, names: readonly string[]): DocumentName[] =>
  names.map((name) => [folder, name])

/** The folders whose names begin with an export's id, and so with the day on which it was accepted. */
const BY_EXPORT = ['worklistPages', 'plans', 'worklists', 'attempts', 'cancelled'] as const

/**
 * Removes old documents: reports after thirty days, an ended export's other documents after three. It may be interrupted
 * or run twice. @returns how many documents were removed
 */
export async function removeOldDocuments(documents: Documents, now: number): Promise<number> {
  const workDay = dayOf(now - WORK_DAYS * DAY_MS)
  const open = await openExports(documents, workDay)
  const reportDay = dayOf(now - KEPT_DAYS * DAY_MS)
  // An open export needs the receipts from the day before it was accepted on.
  const openSince = open.map((exportId) => exportId.slice(0, 8)).sort()[0]
  const deliveryDay = openSince !== undefined && openSince <= workDay ? '' : workDay

  const outdated = await Promise.all([
    before(documents, 'ended', reportDay),
    before(documents, 'batches', reportDay),
    outdatedBatches(documents, deliveryDay),
    before(documents, 'imports', deliveryDay),
    outdatedGenerations(documents, now),
    ...BY_EXPORT.map((folder) => before(documents, folder, workDay, open)),
  ])
  const all = [...outdated, await oldChanges(documents, now)].flat()
  await forEachConcurrently(all, 8, ([folder, name]) => documents.remove(folder, name))
  return all.length
}

/** Receipts that are not in the ledger's shards yet are kept. */
async function outdatedBatches(documents: Documents, day: string): Promise<DocumentName[]> {
  const old = await before(documents, 'receipts', day)
  if (old.length === 0) return []
  const { folded } = await newestGeneration(documents)
  return old.filter(([, name]) => {
    const delivery = receiptNames.parse(name)
    return !delivery || receiptsOf([delivery]).every(({ id }) => folded.has(id))
  })
}

/** Removes generations late: a stale listing may show an older one as the newest. */
async function outdatedGenerations(documents: Documents, now: number): Promise<DocumentName[]> {
  const names = await documents.list('generations')
  const isOld = (name: string) => versionOf(name) < now - GENERATION_DAYS * DAY_MS
  // A generation is needed until the next one is old.
  const old = aperture(2, names).flatMap(([name, next]) => (isOld(next) ? [name] : []))
  if (old.length === 0) return []
  const shards = await Promise.all(old.map((name) => documents.list('ledger', `${name}/`)))
  return [...named('ledger', shards.flat()), ...named('generations', old)]
}

/** Open exports. Removes old ones that cannot be parsed, which would stay open for ever. */
async function openExports(documents: Documents, day: string): Promise<string[]> {
  const open: string[] = []
  for (const exportId of await documents.list('exports')) {
    const isOld = exportId.slice(0, 8) < day
    if (isOld && !requestSchema.safeParse(await documents.read('exports', exportId)).success) {
      await documents.remove('exports', exportId)
    } else open.push(exportId)
  }
  return open
}

/** Changes older than any window, and pending ones that no update exported in all that time. */
async function oldChanges(documents: Documents, now: number) {
  const day = dayOf(now - LOG_DAYS * DAY_MS)
  const pending = await before(documents, 'pending', day)
  // No update exported the pending changes that are removed, so the next one has to read every SKU.
  const checkpoints = pending.length > 0 ? await listCheckpoints(documents) : []
  const fullSyncs = checkpoints.filter(({ kind }) => kind === 'fullSync')
  await removeCheckpoints(documents, fullSyncs)
  return [...(await before(documents, 'changes', day)), ...pending]
}

/** Names in a folder that begin with an earlier day, except those of certain exports. */
async function before(
  documents: Documents,
  folder: Folder,
  day: string,
  but: readonly string[] = []
): Promise<DocumentName[]> {
  const isKept = (name: string) => but.some((exportId) => name.startsWith(exportId))
  const names = await documents.list(folder)
  const old = names.filter((name) => name.slice(0, 8) < day && !isKept(name))
  return named(folder, old)
}
