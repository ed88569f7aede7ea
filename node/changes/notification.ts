import { TimeoutStrategy, timeout } from 'cockatiel'
import DataLoader from 'dataloader'
import { z } from 'zod'
import type { Clock } from '../common/clock'
import { lowercaseKeys } from '../common/lowercaseKeys'
import type { Documents } from '../state/documents'
import { type Change, type ChangesIo, MOST_SKUS, merged, saveChanges } from './changeLog'

const flag = z.boolean().optional().catch(undefined)

/** VTEX ids are integers up to 2^53-1. An id with a leading zero is none. */
const skuId = z
  .union([z.string().regex(/^[1-9]\d{0,15}$/), z.number().int().positive()])
  .transform(Number)
  .refine(Number.isSafeInteger)

const notification = z.object({
  idsku: skuId,
  an: z.string().optional().catch(undefined),
  isactive: flag,
  stockmodified: flag,
  pricemodified: flag,
  hasstockkeepingunitmodified: flag,
  hasstockkeepingunitremovedfromaffiliate: flag,
})

/** A SKU reported changed. */
export interface ReportedChange extends Pick<Change, 'skuId' | 'unverified'> {
  /** The SKU itself changed (activity, references, sellers), not only its stock. */
  modified: boolean
}

/** The change that a notification reports, or why it is ignored. */
type ParsedNotification =
  | { reported: ReportedChange; account: string | undefined }
  | { ignored: 'noSku' | 'priceOnly' }

/**
 * Parses the body that VTEX's broadcaster or an affiliate receives: `IdSku`, `An` (account) and flags, in PascalCase or
 * camelCase. Bodies can be partial; without flags anything may have changed. VTEX sends no quantity.
 */
export function readNotification(body: unknown): ParsedNotification {
  const { data } = notification.safeParse(lowercaseKeys(body))
  if (!data) return { ignored: 'noSku' }
  const isOfSku = data.hasstockkeepingunitremovedfromaffiliate === true || data.isactive === false
  const { stockmodified, pricemodified, hasstockkeepingunitmodified } = data
  const isUnmodified = stockmodified === false && hasstockkeepingunitmodified === false
  if (pricemodified === true && isUnmodified && !isOfSku) return { ignored: 'priceOnly' }
  // False only if the flags say that nothing but the stock changed.
  const modified = stockmodified !== true || hasstockkeepingunitmodified === true || isOfSku
  return { reported: { skuId: data.idsku, modified }, account: data.an }
}

/** VTEX notifies of one SKU at a time; few documents with many changes cost fewer calls. */
const GATHER_MS = 500
/** changesSince relies on this limit. A notification that fails comes again, and later. */
const SAVING = timeout(10_000, TimeoutStrategy.Aggressive)

/** A change, and the documents with its request's credential, which may save the whole group. */
type Waiting = { reported: ReportedChange; io: ChangesIo }

/**
 * Collects the reported changes of one account and saves them in groups. `load` resolves when the change is saved, and
 * fails with a TaskCancelledError when saving took too long: then the change may be saved or not.
 */
export const changeBuffer = (clock: Pick<Clock, 'sleep'>) =>
  new DataLoader<Waiting, undefined>(saveAll, {
    cache: false,
    maxBatchSize: MOST_SKUS.pending,
    batchScheduleFn: (save) => void clock.sleep(GATHER_MS).then(save),
  })

async function saveAll(group: readonly Waiting[]) {
  const [first] = group
  const reported = group.map((each) => each.reported)
  if (first) {
    const { documents, clock } = first.io
    await SAVING.execute(() => saveReported(documents, clock.now(), clock.uniqueId(), reported))
  }
  return group.map(() => undefined)
}

/** Saves a group of changes as pending. @param at the time under which the changes are found, UTC milliseconds */
export async function saveReported(
  documents: Documents,
  at: number,
  uniqueId: string,
  reported: readonly ReportedChange[]
): Promise<void> {
  const changes = reported.map(({ modified, ...more }) => {
    return { ...more, at, modifiedAt: modified ? at : 0 }
  })
  await saveChanges(documents, 'pending', uniqueId, merged(changes))
}
