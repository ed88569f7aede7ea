import { TimeoutStrategy, timeout } from 'cockatiel'
import DataLoader from 'dataloader'
import type { Clock } from '../common/clock'
import type { Documents } from '../state/documents'
import { ChangeSet, type ChangesIo } from './changeLog'
import { MOST_SKUS } from './compactChanges'

/** VTEX notifies of one SKU at a time; few documents with many changes cost fewer calls. */
const GATHER_MS = 500
/** changesSince relies on this limit. A notification that fails comes again, and later. */
const SAVING = timeout(10_000, TimeoutStrategy.Aggressive)

/** A SKU reported changed. */
export interface ReportedChange {
  skuId: number
  /** The SKU itself changed (activity, references, sellers), not only its stock. */
  modified: boolean
  /** Reported by a request without authentication: the SKU may not exist. */
  unverified?: boolean
}

type Waiting = { reported: ReportedChange; io: ChangesIo }

/** Collects the reported changes of one account and saves them in groups. */
export class ChangeBuffer {
  private readonly loader: DataLoader<Waiting, undefined>

  constructor(clock: Pick<Clock, 'sleep'>) {
    this.loader = new DataLoader(saveAll, {
      cache: false,
      maxBatchSize: MOST_SKUS.pending,
      batchScheduleFn: (save) => void clock.sleep(GATHER_MS).then(save),
    })
  }

  /**
   * Resolves when the change is saved.
   * @param io the documents with this request's credential, which may save the whole group
   * @throws {TaskCancelledError} when saving took too long: then the change may be saved or not
   */
  report(reported: ReportedChange, io: ChangesIo): Promise<void> {
    return this.loader.load({ reported, io })
  }
}

async function saveAll(group: readonly Waiting[]) {
  const [first] = group
  const reported = group.map((each) => each.reported)
  if (first) {
    const { documents, clock } = first.io
    await SAVING.execute(() => saveReported(documents, clock.now(), clock.uniqueId(), reported))
  }
  return group.map(() => undefined)
}

/**
 * Saves a group of changes as pending.
 * @param at the time under which the changes are found, UTC milliseconds
 */
export async function saveReported(
  documents: Documents,
  at: number,
  uniqueId: string,
  reported: readonly ReportedChange[]
): Promise<void> {
  const changes = reported.map(({ modified, ...more }) => {
    return { ...more, at, modifiedAt: modified ? at : 0 }
  })
  await new ChangeSet(changes).save(documents, 'pending', uniqueId, MOST_SKUS.pending)
}
