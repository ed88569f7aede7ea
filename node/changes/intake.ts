import { TimeoutStrategy, timeout } from 'cockatiel'

import type { Clock } from '../exports/clock'
import type { Documents } from '../state/documents'
import { type Group, saveGroup } from './pending'
import { UnverifiedIds } from './unverified'

/** VTEX notifies of one SKU at a time: what comes within so long is saved together. Nobody waits for the answer. */
const GATHER_MS = 200
/** From one group to the next, at least: an update reads and removes each of them. */
const APART_MS = 500
const MOST_SKUS = 5_000
/** Windows reckon with it (window.ts): a group that takes longer to save is saved anew, at another time. */
const SAVING = timeout(10_000, TimeoutStrategy.Aggressive)

/** A SKU reported changed. */
export interface Reported {
  skuId: number
  /** Not its stock alone: activity, references, sellers. */
  modified: boolean
  /** By a post that anybody can make: there may be no such SKU. */
  unverified?: boolean
}

interface Waiting extends Reported {
  saving: Saving
  resolve(): void
  reject(reason: unknown): void
}

type Saving = { documents: Documents; clock: Pick<Clock, 'now' | 'nonce' | 'sleep'> }

/** Takes in reported changes of one account and makes them durable in groups. */
export class Intake {
  private waiting: Waiting[] = []
  private isSaving = false
  private savedAt = 0

  /**
   * @param saving VBase as the caller may use it: the credential of one request serves its whole group, and
   *   no later one, since changes may come without a pause for longer than a credential holds
   * @throws {StateError} {@link TaskCancelledError} when it is not certain that the change was saved
   */
  report(reported: Reported, saving: Saving): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ ...reported, saving, resolve, reject })
      if (!this.isSaving) void this.saveAll()
    })
  }

  private async saveAll() {
    this.isSaving = true
    for (let [next] = this.waiting; next; [next] = this.waiting) {
      const { documents, clock } = next.saving
      await clock.sleep(Math.max(GATHER_MS, this.savedAt + APART_MS - clock.now()))
      const group = this.waiting.splice(0, MOST_SKUS)
      try {
        const at = clock.now()
        this.savedAt = at
        await SAVING.execute(() => saveGroup(documents, at, clock.nonce(), groupOf(group)))
        for (const { resolve } of group) resolve()
      } catch (thrown) {
        for (const { reject } of group) reject(thrown)
      }
    }
    this.isSaving = false
  }
}

function groupOf(reported: readonly Reported[]): Group {
  const modified = new Set(reported.filter((each) => each.modified).map(({ skuId }) => skuId))
  const others = reported.map(({ skuId }) => skuId).filter((skuId) => !modified.has(skuId))
  const ids = new UnverifiedIds()
  for (const { skuId, unverified } of reported) {
    ids.note([skuId], new Set(unverified ? [skuId] : []))
  }
  return { stock: [...new Set(others)], modified: [...modified], unverified: ids.ids }
}
