/** After a refusal: how much slower, and how much when it came straight after the pause before. */
const SLOWER = 0.92
const MUCH_SLOWER = 0.6
const STRAIGHT_MS = 2_000
/** Fewer calls say nothing of an upstream's pace; and one that refuses at random is not slowed to a stop. */
const TELLING = 20
const LEAST_A_MS = 5 / 1_000
/** Up to this share of the speed that was refused, quickly; there it stays for a while, then feels ahead. */
const SAFE_SHARE = 0.95
const QUICKLY_A_SECOND = 1.1
const SLOWLY_A_SECOND = 1.01
const STAY_MS = 30_000
/** Who came late may hurry, but not by more than this. */
const SLACK_MS = 20

/**
 * How many calls a second an upstream takes, learned from its refusals: VTEX publishes no figure. As long
 * as it refuses nothing there is no pace. The first time, the pace becomes what it accepted until the end
 * of the pause that it asked for; later it stays just below the pace that was refused last.
 */
export class Pace {
  /** Calls a millisecond. */
  private rate = Number.POSITIVE_INFINITY
  private refusedRate = Number.POSITIVE_INFINITY
  private stayUntil = 0
  private grownAt = 0
  private nextStart = 0
  private accepted = 0
  private since: number | undefined
  private resumesAt = 0

  /** Calls a second at present; undefined while there is no pace. */
  get perSecond(): number | undefined {
    return Number.isFinite(this.rate) ? Math.round(this.rate * 10_000) / 10 : undefined
  }

  /** Takes the next place in time: milliseconds to wait for it. @param now milliseconds */
  take(now: number): number {
    this.since ??= now
    this.grow(now)
    if (!Number.isFinite(this.rate)) return 0
    const start = Math.max(this.nextStart, now - SLACK_MS)
    this.nextStart = start + 1 / this.rate
    return Math.max(0, start - now)
  }

  succeeded() {
    this.accepted++
  }

  /**
   * @param startedAt when the refused call began; one from before the last pause tells nothing new
   * @param resumesAt when calls go on
   */
  refused(startedAt: number, now: number, resumesAt: number) {
    const known = startedAt < this.resumesAt
    this.resumesAt = Math.max(this.resumesAt, resumesAt)
    this.nextStart = this.resumesAt
    if (known) return
    const since = this.since ?? now
    if (Number.isFinite(this.rate)) {
      this.refusedRate = this.rate
      this.rate *= now - since < STRAIGHT_MS ? MUCH_SLOWER : SLOWER
    } else if (this.accepted >= TELLING) {
      this.rate = this.accepted / Math.max(1, this.resumesAt - since)
    } else {
      return
    }
    this.rate = Math.max(LEAST_A_MS, this.rate)
    this.since = this.resumesAt
    this.accepted = 0
    this.grownAt = this.resumesAt
    this.stayUntil = 0
  }

  private grow(now: number) {
    const seconds = (now - this.grownAt) / 1_000
    if (!Number.isFinite(this.rate) || seconds <= 0) return
    this.grownAt = now
    const safe = this.refusedRate * SAFE_SHARE
    if (this.rate < safe) {
      this.rate = Math.min(safe, this.rate * QUICKLY_A_SECOND ** seconds)
      this.stayUntil = now + STAY_MS
    } else if (now > this.stayUntil) {
      this.rate *= SLOWLY_A_SECOND ** seconds
    }
  }
}
