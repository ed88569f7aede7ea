/** A first guess for an upstream that answers 429 and does not say for how long. */
const DEFAULT_COOLDOWN_MS = 1_000
/** No upstream may silence an export for longer than this at a time. */
const MAX_COOLDOWN_MS = 60_000
/**
 * A late caller may catch up, but for no more than this: timers of a busy process are late, and upstreams accept
 * a tenth of a second's requests at once.
 */
const CATCH_UP_MS = 100
/** An upstream that refuses whatever it is asked is not slowed to a stop. */
const MIN_PER_SECOND = 1
/** What was accepted before the first 429 may be a few requests, and says little then. */
const MIN_START = 10
/** The decrease: to this share of the rate that was refused. */
const BACK_OFF = 0.92
/** The increase, a second: slow up to this much more than the rate that was refused last, fast beyond. */
const SLOW = 1.005
const FAR = 1.25
const FAST = 1.5

/** The waits and chances that throttling depends on. */
export interface LimiterClock {
  now(): number
  sleep(ms: number): Promise<void>
  /** A number from 0 up to 1. */
  random(): number
}

/**
 * When the next request to a host may begin, for all limiters of its APIs together: a host may limit each API or
 * all of them. After a 429 everybody waits until the time that it named. The rate is learned from the 429s, since
 * VTEX publishes no limits: there is none before the first one; from then on it is AIMD
 * (https://en.wikipedia.org/wiki/Additive_increase/multiplicative_decrease), in shares, as limits differ by orders
 * of magnitude, and like CUBIC (RFC 9438) slow near the rate that was refused last and fast far from it.
 */
export class RateLimiter {
  /** How many cooldowns began. */
  cooldowns = 0
  /** Requests a second: the learned rate, the one that was refused last, and what the settings allow. */
  private rate = Number.POSITIVE_INFINITY
  private refusedRate = 0
  private maxRate = Number.POSITIVE_INFINITY
  /** The next request begins then, or later. */
  private nextAt = 0
  private cooldownUntil = 0
  private grownAt = 0
  private queue: Promise<void> = Promise.resolve()
  /** Accepted requests of the second that began then, and of the one before it. */
  private second = { beganAt: 0, accepted: 0, before: 0 }

  constructor(private readonly clock: LimiterClock) {}

  /** @param perMinute requests; 0: no limit */
  setMaxPerMinute(perMinute: number) {
    this.maxRate = perMinute > 0 ? perMinute / 60 : Number.POSITIVE_INFINITY
  }

  /** Requests a second that are allowed at present; undefined where nothing limits them. */
  get perSecond(): number | undefined {
    const rate = Math.min(this.rate, this.maxRate)
    return Number.isFinite(rate) ? Math.round(rate * 10) / 10 : undefined
  }

  /**
   * Waits for the end of a cooldown and for a token. One caller after the other: had each a token to sleep for, all
   * that a stalled process slept through would begin at once.
   */
  acquire(): Promise<void> {
    this.queue = this.queue.then(() => this.next())
    return this.queue
  }

  /** Resolves when nobody waits for a token. */
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
    // It grows only while it is what holds requests back.
    if (this.rate <= this.maxRate && this.nextAt > now - CATCH_UP_MS) this.increase(now)
    this.grownAt = now
    const gap = 1_000 / Math.min(this.rate, this.maxRate)
    this.nextAt = Math.max(this.nextAt, now - CATCH_UP_MS) + gap
  }

  private increase(now: number) {
    const seconds = Math.min(1, (now - this.grownAt) / 1_000)
    this.rate *= (this.isFar ? FAST : SLOW) ** seconds
  }

  /** Whether nothing like its rate was refused lately. */
  private get isFar() {
    return this.rate > this.refusedRate * FAR
  }

  succeeded() {
    const now = this.clock.now()
    const { beganAt, accepted } = this.second
    if (now - beganAt >= 1_000) this.second = { beganAt: now, accepted: 1, before: accepted }
    else this.second.accepted++
  }

  /**
   * A 429.
   * @param startedAt when its request began
   */
  throttled(startedAt: number, retryAfterMs = DEFAULT_COOLDOWN_MS) {
    const now = this.clock.now()
    // One that began before the last cooldown ended says nothing new of the rate.
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
      // The fast increase went too far by about what it gained in the last second.
      this.refusedRate = this.isFar ? this.rate / FAST : this.rate
      this.rate = Math.max(MIN_PER_SECOND, this.refusedRate * BACK_OFF)
    } else {
      this.rate = Math.max(MIN_START, this.second.accepted, this.second.before)
    }
  }
}
