import { TimeoutStrategy, timeout } from 'cockatiel'
import DataLoader from 'dataloader'
import type { Clock } from '../common/clock'
import type { Documents } from '../state/documents'
import { ChangeSet, type ChangesIo } from './changeLog'
import { MOST_SKUS } from './compactChanges'

/**
 * VTEX notifies of one SKU at a time, and nobody waits for the answer: what comes within so long is saved together,
 * since an update reads and removes each document.
 */
const GATHER_MS = 500
/** Windows reckon with it (changesSince.ts): a group that takes longer to save is saved anew, at another time. */
const SAVING = timeout(10_000, TimeoutStrategy.Aggressive)

/** A SKU reported changed. */
export interface ReportedChange {
  skuId: number
  /** Not its stock alone: activity, references, sellers. */
  modified: boolean
  /** By a post that anybody can make: there may be no such SKU. */
  unverified?: boolean
}

type Waiting = { reported: ReportedChange; io: ChangesIo }

/** Takes in reported changes of one account and makes them durable in groups. */
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
   * @param io VBase as the caller may use it: the credential of one request serves its whole group, and no later one
   * @throws {StateError} {@link TaskCancelledError} when it is not certain that the change was saved
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
 * Makes a group of changes durable.
 * @param at when it is saved, UTC milliseconds: windows go by it
 * @throws {StateError}
 */
export async function saveReported(
  documents: Documents,
  at: number,
  nonce: string,
  reported: readonly ReportedChange[]
): Promise<void> {
  const changes = reported.map(({ modified, ...more }) => {
    return { ...more, at, modifiedAt: modified ? at : 0 }
  })
  await new ChangeSet(changes).save(documents, 'pending', nonce, MOST_SKUS.pending)
}
