import type { Clock } from '../common/clock'

/** Cooldown after a 429 that names none. */
const DEFAULT_COOLDOWN_MS = 1_000
/** Longest cooldown, whatever the upstream says. */
const MAX_COOLDOWN_MS = 60_000
/** Maximum catch-up after late timers of a busy process: upstreams accept a tenth of a second's requests at once. */
const CATCH_UP_MS = 100
/** Lowest rate, for an upstream that answers 429 to everything. */
const MIN_PER_SECOND = 1
/** Lowest rate after the first 429, before which few requests may have been accepted. */
const MIN_START = 10
/** A 429 decreases the rate to this share of it. */
const BACK_OFF = 0.92
/** Increase per second: slow up to FAR times the rate of the last 429, fast beyond. */
const SLOW = 1.005
const FAR = 1.25
const FAST = 1.5

/** Time and chance for throttling. `random`: from 0 (inclusive) to 1 (exclusive). */
export type LimiterClock = Pick<Clock, 'now' | 'sleep'> & { random(): number }

/**
 * Decides when the next request to a host may start, for all limiters of its APIs together, since a host may limit each
 * API or all of them. After a 429 all requests wait for the cooldown. VTEX publishes no limits, so the rate is learned:
 * unlimited until the first 429, then AIMD (https://en.wikipedia.org/wiki/Additive_increase/multiplicative_decrease). It
 * works in shares, as limits differ by orders of magnitude, and like CUBIC (RFC 9438) is slow near the rate of the last
 * 429 and fast far from it.
 */
export class RateLimiter {
  cooldowns = 0
  /** Requests per second: the learned rate, the rate at the last 429, and the maximum of the settings. */
  private rate = Number.POSITIVE_INFINITY
  private refusedRate = 0
  private maxRate = Number.POSITIVE_INFINITY
  /** Earliest start of the next request. */
  private nextAt = 0
  private cooldownUntil = 0
  private grownAt = 0
  private queue: Promise<void> = Promise.resolve()
  /** Accepted requests of the current second and of the one before it. */
  private second = { beganAt: 0, accepted: 0, before: 0 }

  constructor(private readonly clock: LimiterClock) {}

  /** @param perMinute requests; 0: no limit */
  setMaxPerMinute(perMinute: number) {
    this.maxRate = perMinute > 0 ? perMinute / 60 : Number.POSITIVE_INFINITY
  }

  /** Requests per second that are allowed now; undefined without a limit. */
  get perSecond(): number | undefined {
    const rate = Math.min(this.rate, this.maxRate)
    return Number.isFinite(rate) ? Math.round(rate * 10) / 10 : undefined
  }

  /** Callers wait one after another: with a timer for each, all that a stalled process missed would start at once. */
  acquire(): Promise<void> {
    this.queue = this.queue.then(() => this.next())
    return this.queue
  }

  /** Resolves when no request waits for a token. */
  async idle(): Promise<void> {
    for (let queue: Promise<void> | undefined; queue !== this.queue; ) {
      queue = this.queue
      await queue
    }
  }

  private async next(): Promise<void> {
    for (;;) {
      const now = this.clock.now()
      const wait = Math.max(this.cooldownUntil - now, Math.floor(this.nextAt - now))
      if (wait <= 0) return this.take(now)
      await this.clock.sleep(wait)
    }
  }

  private take(now: number) {
    // The rate grows only while it limits the requests.
    if (this.rate <= this.maxRate && this.nextAt > now - CATCH_UP_MS) {
      const seconds = Math.min(1, (now - this.grownAt) / 1_000)
      this.rate *= (this.isFar ? FAST : SLOW) ** seconds
    }
    this.grownAt = now
    const gap = 1_000 / Math.min(this.rate, this.maxRate)
    this.nextAt = Math.max(this.nextAt, now - CATCH_UP_MS) + gap
  }

  /** True if the rate is far above that of the last 429. */
  private get isFar() {
    return this.rate > this.refusedRate * FAR
  }

  succeeded() {
    const now = this.clock.now()
    const { beganAt, accepted } = this.second
    if (now - beganAt >= 1_000) this.second = { beganAt: now, accepted: 1, before: accepted }
    else this.second.accepted++
  }

  /** Records a 429. @param startedAt when its request started */
  throttled(startedAt: number, retryAfterMs = DEFAULT_COOLDOWN_MS) {
    const now = this.clock.now()
    // A request from before the end of the last cooldown says nothing new about the rate.
    if (startedAt >= this.cooldownUntil) this.decrease()
    const asked = Math.min(retryAfterMs, MAX_COOLDOWN_MS)
    const until = now + asked + this.clock.random() * Math.min(1_000, asked / 4 + 50)
    if (until <= this.cooldownUntil) return
    this.cooldowns++
    this.cooldownUntil = until
    this.nextAt = until
    this.grownAt = until
  }

  private decrease() {
    if (Number.isFinite(this.rate)) {
      // The fast increase overshot by about what it gained in the last second.
      this.refusedRate = this.isFar ? this.rate / FAST : this.rate
      this.rate = Math.max(MIN_PER_SECOND, this.refusedRate * BACK_OFF)
    } else {
      this.rate = Math.max(MIN_START, this.second.accepted, this.second.before)
    }
  }
}
