/** Milliseconds that a request may wait here; the app times out after twenty seconds. */
const LONGEST_WAIT = 10_000

/**
 * Evenly spaced requests, so many a minute and never more, whatever the app does: it keeps to the same rate by
 * itself, but starts anew with each of its processes.
 */
export class RateLimit {
  private readonly gap: number
  private nextAt = 0

  constructor(
    perMinute: number,
    private readonly now: () => number = () => Date.now()
  ) {
    this.gap = 60_000 / perMinute
  }

  /** Milliseconds until the request may leave, which is then counted; undefined where that is too long to wait. */
  take(): number | undefined {
    const now = this.now()
    const at = Math.max(now, this.nextAt)
    if (at - now > LONGEST_WAIT) return undefined
    this.nextAt = at + this.gap
    return at - now
  }
}
