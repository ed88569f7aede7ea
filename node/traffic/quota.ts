import { Places } from './places'

/** How many calls a minute the merchant allows, for all upstreams that share one. */
export class Quota {
  private gapMs = 0
  private readonly places = new Places()

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
    return this.gapMs === 0 ? 0 : this.places.take(now, this.gapMs)
  }
}
