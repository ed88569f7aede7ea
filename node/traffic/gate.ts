import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
} from 'cockatiel'

import { UpstreamError } from '../clients/upstreamError'
import { Pace } from './pace'
import { Quota } from './quota'
import { Retries } from './retries'

/** A first guess for an upstream that says 429 and not for how long. */
const DEFAULT_PAUSE_MS = 1_000
/** No upstream may silence an export for longer than this at a time. */
const MAX_PAUSE_MS = 60_000
/** So many calls in a row without a useful answer, and the upstream counts as down. */
const FAILURES_IN_A_ROW = 20
/** The waits and chances that a gate depends on. */
export interface GateClock {
  now(): number
  sleep(ms: number): Promise<void>
  /** A number from 0 up to 1. */
  random(): number
}

/** What a gate saw and how it stands, for reports. */
export interface GateState {
  /** Calls at a time that are allowed at present. */
  limit: number
  inFlight: number
  /** Calls a second that are allowed at present, where the upstream or the settings set a pace. */
  perSecond?: number | undefined
  calls: number
  retries: number
  /** Answers 429. */
  refusals: number
  pauses: number
  circuit: 'closed' | 'open'
}

const isRefusal = (thrown: unknown): thrown is UpstreamError =>
  thrown instanceof UpstreamError && thrown.trouble === 'overloaded'

const least = (a = Number.POSITIVE_INFINITY, b = Number.POSITIVE_INFINITY) =>
  Math.min(a, b) === Number.POSITIVE_INFINITY ? undefined : Math.min(a, b)

const isDown = (thrown: unknown) => thrown instanceof UpstreamError && thrown.trouble === 'down'

/**
 * The one way to an upstream for an account in this process. Calls at a time: one more after each round
 * of successes, half as many on a refusal or no answer. Calls a second: as {@link Pace} learns. A 429
 * holds everybody until the time that the upstream named. What is worth it is tried again. An upstream
 * that is down is left alone, and whoever asks is told so at once.
 */
export class Gate {
  private inFlight = 0
  private pausedUntil = 0
  private allowed: number
  private loweredAt = 0
  private readonly retries: Retries
  private readonly pace = new Pace()
  private readonly waiting: Array<() => void> = []
  private readonly seen = { calls: 0, refusals: 0, pauses: 0 }
  private isOpen = false
  private readonly breaker = circuitBreaker(handleWhen(isDown), {
    breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
    halfOpenAfter: new ExponentialBackoff({ initialDelay: 2_000, maxDelay: 30_000 }),
  })

  constructor(
    private readonly clock: GateClock,
    private limit: number,
    readonly upstream = 'the upstream',
    private readonly quota = new Quota()
  ) {
    this.allowed = limit
    this.retries = new Retries((ms) => clock.sleep(ms))
    this.breaker.onBreak(() => {
      this.isOpen = true
    })
    this.breaker.onReset(() => {
      this.isOpen = false
    })
  }

  /** Sets how many calls may be under way; those that are go on. */
  setLimit(limit: number) {
    if (limit !== this.limit) this.allowed = Math.min(this.allowed, limit)
    if (limit > this.limit) this.allowed = limit
    this.limit = limit
    this.admit()
  }

  get state(): GateState {
    return {
      limit: Math.floor(this.allowed),
      inFlight: this.inFlight,
      perSecond: least(this.pace.perSecond, this.quota.perSecond),
      ...this.seen,
      retries: this.retries.made,
      circuit: this.isOpen ? 'open' : 'closed',
    }
  }

  /**
   * Runs `call`, again where its failure is worth it: 429, 5xx, no answer. Not: 400, 401, 403, 404.
   * @throws {UpstreamError} the last failure; `parked` where the upstream is known to be down
   */
  run<T>(call: () => Promise<T>): Promise<T> {
    return this.retries.run(() => this.admitted(call))
  }

  private async admitted<T>(call: () => Promise<T>): Promise<T> {
    await this.turn()
    const startedAt = this.clock.now()
    try {
      this.seen.calls++
      const answer = await this.breaker.execute(call)
      this.succeeded()
      return answer
    } catch (thrown) {
      // Before the place is free, or whoever gets it would not know of the pause.
      if (isRefusal(thrown)) this.pause(startedAt, thrown.retryAfterMs)
      if (isRefusal(thrown) || isDown(thrown)) this.slowDown(startedAt)
      throw thrown instanceof BrokenCircuitError ? this.parked() : thrown
    } finally {
      this.inFlight--
      this.admit()
    }
  }

  /** Waits for a free place, the end of a pause and a place in time; holds the place when it returns. */
  private async turn(): Promise<void> {
    if (this.hasRoom()) this.inFlight++
    else await new Promise<void>((resolve) => this.waiting.push(resolve))
    for (;;) {
      const now = this.clock.now()
      const pause = this.pausedUntil - now
      const wait = pause > 0 ? pause : Math.max(this.pace.take(now), this.quota.take(now))
      if (wait >= 1) await this.clock.sleep(wait)
      if (pause <= 0 && this.pausedUntil <= this.clock.now()) return
    }
  }

  private hasRoom() {
    return this.inFlight < Math.floor(this.allowed)
  }

  private admit() {
    while (this.hasRoom()) {
      const next = this.waiting.shift()
      if (!next) return
      this.inFlight++
      next()
    }
  }

  private succeeded() {
    this.pace.succeeded()
    this.retries.earn()
    this.allowed = Math.min(this.limit, this.allowed + 1 / this.allowed)
  }

  /** Once for all the calls that were under way together. */
  private slowDown(startedAt: number) {
    if (startedAt < this.loweredAt) return
    this.loweredAt = this.clock.now()
    this.allowed = Math.max(1, this.allowed / 2)
  }

  private pause(startedAt: number, retryAfterMs = DEFAULT_PAUSE_MS) {
    this.seen.refusals++
    const now = this.clock.now()
    const asked = Math.min(retryAfterMs, MAX_PAUSE_MS)
    const until = now + asked + this.clock.random() * Math.min(1_000, asked / 4 + 50)
    if (until > this.pausedUntil) {
      this.seen.pauses++
      this.pausedUntil = until
    }
    this.pace.refused(startedAt, now, this.pausedUntil)
  }

  private parked() {
    return new UpstreamError(this.upstream, 'parked', 'down; it is left alone for a while')
  }
}
