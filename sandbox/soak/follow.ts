import { setTimeout as sleep } from 'timers/promises'
import { ended } from '../cli/exports'
import type { Client, Outcome } from './client'

const LOOK_EVERY = 2_000

/** An accepted export: what was asked for, and how it stands as far as it is known. */
export interface Followed {
  exportId: string
  path: string
  /** `unknown` when the app says that there is no such export, though it accepted it. */
  outcome?: Outcome | 'unknown'
}

/** Follows accepted exports to their ends. */
export class Follower {
  readonly exports: Followed[] = []

  constructor(private readonly client: Client) {}

  add(exportId: string, path: string): void {
    this.exports.push({ exportId, path })
  }

  /** The exports that have not ended, as far as it is known. */
  get open(): Followed[] {
    return this.exports.filter(({ outcome }) => !isOver(outcome))
  }

  /** Asks the app once how each open export stands. */
  async look(): Promise<void> {
    for (const each of this.open) {
      each.outcome = (await this.client.outcome(each.exportId)) ?? each.outcome
    }
  }

  /** Resolves when all have ended, or after `atMost` ms. */
  async allEnded(atMost: number, onLook: () => void = () => {}): Promise<void> {
    const until = Date.now() + atMost
    for (;;) {
      await this.look()
      onLook()
      if (this.open.length === 0 || Date.now() > until) return
      await sleep(LOOK_EVERY)
    }
  }
}

// A 404 may be a stale listing, or a moment between two documents: asked again, it may well be there.
function isOver(outcome: Followed['outcome']): boolean {
  return outcome !== undefined && outcome !== 'unknown' && ended(outcome)
}
