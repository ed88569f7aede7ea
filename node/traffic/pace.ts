import { Places } from './places'
import { Recent } from './recent'

/** After a refusal: how much slower, and how much when it came straight after the pause before. */
const SLOWER = 0.92
const MUCH_SLOWER = 0.7
const STRAIGHT_MS = 2_000
/** Fewer calls say nothing of an upstream's pace; and one that refuses at random is not slowed to a stop. */
const TELLING = 10
const LEAST_A_MS = 5 / 1_000
/** Until the pace is found; then up to this share of what was refused, and there it stays for a while. */
const SEARCHING_A_SECOND = 1.7
const SAFE_SHARE = 0.92
const QUICKLY_A_SECOND = 1.1
const SLOWLY_A_SECOND = 1.01
const STAY_MS = 15_000
/**
 * So many refusals, each soon after the one before and yet so many calls later: slowing down does not help,
 * so it is not the pace that is refused. It goes back to where it was and may grow beyond, and is not lowered
 * until a refusal comes after few calls, or late.
 */
const IN_VAIN = 5
const SOON_MS = 10_000
const RARE = 100
const GIVEN_BACK = 1.5
/** Nobody asked for so long: what comes after it is a stretch of its own. */
const IDLE_MS = 1_000

/**
 * How many calls a second an upstream takes, learned from its refusals: VTEX publishes no figure. As long
 * as it refuses nothing there is no pace. The first refusal sets one that is surely too low, and the search
 * goes up quickly from there until the next; later the pace stays just below the one that was refused last.
 * Where refusals keep on coming however slow it gets, they are no answer to the pace, and it goes back up.
 */
export class Pace {
  /** Calls a millisecond. */
  private rate = Number.POSITIVE_INFINITY
  private refusedRate = Number.POSITIVE_INFINITY
  private stayUntil = 0
  private grownAt = 0
  private readonly places = new Places()
  private readonly recent = new Recent(2_000)
  /** Of the stretch under way, since the last pause or idle time. */
  private since = 0
  private accepted = 0
  private lastTake = Number.NEGATIVE_INFINITY
  private resumesAt = 0
  /** Refusals in a row that slowing down did not prevent: the pace before the first, and how many. */
  private row = { top: 0, refusals: 0 }

  /** Calls a second at present; undefined while there is no pace. */
  get perSecond(): number | undefined {
    return Number.isFinite(this.rate) ? Math.round(this.rate * 10_000) / 10 : undefined
  }

  /** Takes the next place in time: milliseconds to wait for it. @param now milliseconds */
  take(now: number): number {
    if (now - this.lastTake > IDLE_MS && now > this.resumesAt + IDLE_MS) {
      this.since = now
      this.accepted = 0
    }
    this.lastTake = now
    if (!Number.isFinite(this.rate)) return 0
    // It grows only while it is what holds calls back.
    if (this.places.areAwaited(now)) this.grow(now)
    this.grownAt = now
    return this.places.take(now, 1 / this.rate)
  }

  succeeded(now: number) {
    this.accepted++
    this.recent.add(now)
  }

  /**
   * @param startedAt when the refused call began; one from before the last pause tells nothing new
   * @param resumesAt when calls go on
   */
  refused(startedAt: number, now: number, resumesAt: number) {
    const known = startedAt < this.resumesAt
    this.resumesAt = Math.max(this.resumesAt, resumesAt)
    this.places.resumeAt(this.resumesAt)
    if (known) return
    this.stayUntil = this.resumesAt + STAY_MS
    if (Number.isFinite(this.rate)) this.slowDown(now)
    else if (this.accepted < TELLING) return
    else this.begin()
    this.rate = Math.max(LEAST_A_MS, this.rate)
    this.since = this.resumesAt
    this.accepted = 0
    this.grownAt = this.resumesAt
  }

  private begin() {
    const { since, accepted } = this
    this.rate = accepted / (this.resumesAt - since)
  }

  private slowDown(now: number) {
    const lasted = now - this.since
    const taken = this.recent.rate(now, this.since)
    if (lasted > SOON_MS || this.accepted < RARE) this.row = { top: this.rate, refusals: 0 }
    this.row.refusals++
    if (this.row.refusals > IN_VAIN) {
      this.rate = Math.max(this.rate, this.row.top)
      this.refusedRate = this.rate * GIVEN_BACK
      this.row = { top: this.refusedRate, refusals: IN_VAIN }
      return
    }
    const straight = lasted < STRAIGHT_MS && this.accepted < RARE
    if (Number.isFinite(this.refusedRate)) {
      this.refusedRate = this.rate
      this.rate *= straight ? MUCH_SLOWER : SLOWER
    } else {
      // The search went too far: what it took lately is about right or too low. It counts as refused, so that the
      // pace does not hurry to a share of it; and grows slowly from there, at once.
      this.rate = Math.min(this.rate * SLOWER, taken)
      this.refusedRate = this.rate
      this.stayUntil = this.resumesAt
    }
  }

  private grow(now: number) {
    const seconds = Math.min(IDLE_MS, now - this.grownAt) / 1_000
    const safe = this.refusedRate * SAFE_SHARE
    if (this.rate < safe) {
      const quickly = Number.isFinite(safe) ? QUICKLY_A_SECOND : SEARCHING_A_SECOND
      this.rate = Math.min(safe, this.rate * quickly ** seconds)
      this.stayUntil = now + STAY_MS
    } else if (now > this.stayUntil) {
      this.rate *= SLOWLY_A_SECOND ** seconds
    }
  }
}
