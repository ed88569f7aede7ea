import { min } from 'ramda'

import { Pace } from './pace'
import { Quota } from './quota'

/** A first guess for an upstream that says 429 and not for how long. */
const DEFAULT_PAUSE_MS = 1_000
/** No upstream may silence an export for longer than this at a time. */
const MAX_PAUSE_MS = 60_000

/** The waits and chances that traffic depends on. */
export interface TrafficClock {
  now(): number
  sleep(ms: number): Promise<void>
  /** A number from 0 up to 1. */
  random(): number
}

/**
 * When the next call to a host may begin, for all gates to its APIs together: a host may limit each API or
 * all of them. A 429 holds everybody until the time that it named; calls a second are as {@link Pace}
 * learns and as the {@link Quota} allows.
 */
export class Throttle {
  /** Pauses so far. */
  pauses = 0
  private readonly pace = new Pace()
  private pausedUntil = 0
  private line: Promise<void> = Promise.resolve()

  constructor(
    private readonly clock: TrafficClock,
    private readonly quota = new Quota()
  ) {}

  /** Calls a second that are allowed at present, where the upstream or the settings set a pace. */
  get perSecond(): number | undefined {
    const known = [this.pace.perSecond, this.quota.perSecond].filter((rate) => rate !== undefined)
    return known.length > 0 ? known.reduce(min) : undefined
  }

  /**
   * Waits for the end of a pause and a place in time. One caller after the other: had each a place of its own to
   * sleep for, all that a stalled process slept through would begin at once.
   */
  turn(): Promise<void> {
    this.line = this.line.then(() => this.next())
    return this.line
  }

  /** Resolves when nobody waits for a place in time. */
  async free(): Promise<void> {
    for (let line: Promise<void> | undefined; line !== this.line; ) {
      line = this.line
      await line
    }
  }

  private async next(): Promise<void> {
    for (;;) {
      const { pauses } = this
      const now = this.clock.now()
      const pause = this.pausedUntil - now
      if (pause > 0) {
        await this.clock.sleep(Math.max(1, pause))
        continue
      }
      const wait = Math.max(this.pace.take(now), this.quota.take(now))
      if (wait >= 1) await this.clock.sleep(wait)
      // A place that was taken before a pause is void: after it they are given anew.
      if (pauses === this.pauses) return
    }
  }

  succeeded() {
    this.pace.succeeded(this.clock.now())
  }

  /**
   * An answer 429.
   * @param startedAt when its call began
   */
  refused(startedAt: number, retryAfterMs = DEFAULT_PAUSE_MS) {
    const now = this.clock.now()
    const asked = Math.min(retryAfterMs, MAX_PAUSE_MS)
    const until = now + asked + this.clock.random() * Math.min(1_000, asked / 4 + 50)
    if (until > this.pausedUntil) {
      this.pauses++
      this.pausedUntil = until
    }
    this.pace.refused(startedAt, now, this.pausedUntil)
  }
}
