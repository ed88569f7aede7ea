import { setTimeout as sleep } from 'timers/promises'
import { hasEnded } from '../cli/exports'
import type { Client, Outcome } from './client'

const POLL_EVERY = 2_000

/** An accepted export and its last known state. */
export interface TrackedExport {
  exportId: string
  path: string
  /** `unknown`: the app accepted the export and now responds 404. */
  outcome?: Outcome | 'unknown'
}

/** Tracks accepted exports until they end. */
export class ExportTracker {
  readonly exports: TrackedExport[] = []

  constructor(private readonly client: Client) {}

  add(exportId: string, path: string): void {
    this.exports.push({ exportId, path })
  }

  /** The exports that have not ended yet, as far as known. */
  get open(): TrackedExport[] {
    return this.exports.filter(({ outcome }) => !isOver(outcome))
  }

  /** Reads the state of each open export once. */
  async poll(): Promise<void> {
    for (const each of this.open) {
      each.outcome = (await this.client.outcome(each.exportId)) ?? each.outcome
    }
  }

  /** Resolves when all have ended, or after `timeout` ms. */
  async waitUntilEnded(timeout: number, onPoll: () => void = () => {}): Promise<void> {
    const until = Date.now() + timeout
    for (;;) {
      await this.poll()
      onPoll()
      if (this.open.length === 0 || Date.now() > until) return
      await sleep(POLL_EVERY)
    }
  }
}

// A 404 may come from a stale listing or between two writes: the next poll may find the export.
function isOver(outcome: TrackedExport['outcome']): boolean {
  return outcome !== undefined && outcome !== 'unknown' && hasEnded(outcome)
}
