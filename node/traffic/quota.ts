import { SLACK_MS } from './slack'

/** How many calls a minute the merchant allows, for all upstreams that share one. */
export class Quota {
  private gapMs = 0
  private nextStart = 0

  /** @param perMinute calls; 0: no bound */
  set(perMinute: number) {
    this.gapMs = perMinute > 0 ? 60_000 / perMinute : 0
  }

  /** Calls a second that are allowed; undefined where there is no bound. */
  get perSecond(): number | undefined {
    return this.gapMs > 0 ? Math.round(10_000 / this.gapMs) / 10 : undefined
  }

  /** Takes the next place in time: milliseconds to wait for it. @param now milliseconds */
  take(now: number): number {
    if (this.gapMs === 0) return 0
    const start = Math.max(this.nextStart, now - SLACK_MS)
    this.nextStart = start + this.gapMs
    return Math.max(0, start - now)
  }
}
