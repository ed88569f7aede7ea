import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
} from 'cockatiel'

import { UpstreamError } from '../clients/upstreamError'
import { Retries } from './retries'
import { Throttle, type TrafficClock } from './throttle'

/** So many calls in a row without a useful answer, and the upstream counts as down. */
const FAILURES_IN_A_ROW = 20
/** What a gate saw and how it stands, for reports. */
export interface GateState {
  /** Calls at a time that are allowed at present. */
  limit: number
  inFlight: number
  /** Calls a second that are allowed at present to its host, where that or the settings set a pace. */
  perSecond?: number | undefined
  /** Calls that were sent. */
  calls: number
  retries: number
  /** Answers 429. */
  refusals: number
  /** Pauses of its host, whichever gate met the 429. */
  pauses: number
  circuit: 'closed' | 'open'
}

const isRefusal = (thrown: unknown): thrown is UpstreamError =>
  thrown instanceof UpstreamError && thrown.trouble === 'overloaded'

const isDown = (thrown: unknown) => thrown instanceof UpstreamError && thrown.trouble === 'down'

/**
 * The one way to an upstream for an account in this process. Calls at a time: one more after each round
 * of successes, half as many on a refusal or no answer. When each begins: as the {@link Throttle} says
 * that it shares with the other gates of its host. What is worth it is tried again. An upstream that is
 * down is left alone, and whoever asks is told so at once; the other gates of its host go on.
 */
export class Gate {
  private inFlight = 0
  private allowed: number
  private loweredAt = 0
  private readonly retries: Retries
  private readonly waiting: Array<() => void> = []
  private readonly seen = { calls: 0, refusals: 0 }
  private isOpen = false
  /** Why the circuit opened last. */
  private lastSaid = 'no answer'
  private readonly breaker = circuitBreaker(handleWhen(isDown), {
    breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
    halfOpenAfter: new ExponentialBackoff({ initialDelay: 2_000, maxDelay: 30_000 }),
  })

  constructor(
    private readonly clock: TrafficClock,
    private limit: number,
    readonly upstream = 'the upstream',
    private readonly throttle = new Throttle(clock)
  ) {
    this.allowed = limit
    this.retries = new Retries((ms) => clock.sleep(ms))
    this.breaker.onBreak((reason) => {
      this.isOpen = true
      const error = 'error' in reason ? reason.error : undefined
      if (error instanceof UpstreamError) this.lastSaid = error.detail
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
      perSecond: this.throttle.perSecond,
      ...this.seen,
      pauses: this.throttle.pauses,
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

  /**
   * Resolves when a call would not wait for others. Who begins many things asks before each: else all of them are
   * begun, and wait here, however long a quota makes that.
   */
  async admission(): Promise<void> {
    if (!this.hasRoom()) {
      await new Promise<void>((resolve) => this.waiting.push(resolve))
      this.leave()
    }
    await this.throttle.free()
  }

  private async admitted<T>(call: () => Promise<T>): Promise<T> {
    await this.turn()
    const startedAt = this.clock.now()
    try {
      const answer = await this.breaker.execute(() => {
        this.seen.calls++
        return call()
      })
      this.succeeded()
      return answer
    } catch (thrown) {
      // Before the place is free, or whoever gets it would not know of the pause.
      if (isRefusal(thrown)) this.refused(startedAt, thrown.retryAfterMs)
      if (isRefusal(thrown) || isDown(thrown)) this.slowDown(startedAt)
      throw thrown instanceof BrokenCircuitError ? this.parked() : thrown
    } finally {
      this.leave()
    }
  }

  private leave() {
    this.inFlight--
    this.admit()
  }

  /** Waits for a free place, then for a place in time; holds the place when it returns. */
  private async turn(): Promise<void> {
    if (this.hasRoom()) this.inFlight++
    else await new Promise<void>((resolve) => this.waiting.push(resolve))
    await this.throttle.turn()
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
    this.throttle.succeeded()
    this.retries.earn()
    this.allowed = Math.min(this.limit, this.allowed + 1 / this.allowed)
  }

  /** Once for all the calls that were under way together. */
  private slowDown(startedAt: number) {
    if (startedAt < this.loweredAt) return
    this.loweredAt = this.clock.now()
    this.allowed = Math.max(1, this.allowed / 2)
  }

  private refused(startedAt: number, retryAfterMs: number | undefined) {
    this.seen.refusals++
    this.throttle.refused(startedAt, retryAfterMs)
  }

  private parked() {
    const detail = `${this.lastSaid}; it is down, and left alone for a while`
    return new UpstreamError(this.upstream, 'parked', detail)
  }
}
