import {
  BrokenCircuitError,
  CircuitState,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  type IBackoff,
} from 'cockatiel'
import { isOfKind, UpstreamError } from '../common/upstreamError'
import { type LimiterClock, RateLimiter } from './rateLimiter'

/** So many things that fail in a row open the circuit: one that fails for ever says nothing of the others. */
const FAILURES_IN_A_ROW = 20
const HALF_OPEN_AFTER = new ExponentialBackoff({ initialDelay: 2_000, maxDelay: 30_000 })
/** After a 429 all requests wait together, so it gets many. */
const ATTEMPTS: Partial<Record<string, number>> = { down: 6, overloaded: 12, malformed: 3 }
const attemptsFor = ({ kind }: UpstreamError) => ATTEMPTS[kind] ?? 1
const RETRY_AFTER = new ExponentialBackoff({ initialDelay: 200, maxDelay: 8_000 })
/** Retry budget, and what a success adds to it: retries must not double the load of a failing upstream. */
const RETRY_BUDGET = 200
const RETRIES_EARNED = 0.5

export type LimiterState = Limiter['state']

/**
 * All requests of an account to one upstream in this process. Concurrency is adaptive (AIMD): one more after each round
 * of successes, half after a 429 or a request without response. The {@link RateLimiter}, shared by all limiters of a
 * host, decides when each request starts. Temporary failures are retried within a budget that successes fill. A circuit
 * breaker stops calling an upstream that is down; the other limiters of its host continue.
 */
export class Limiter {
  private inFlight = 0
  private allowed: number
  private backedOffAt = 0
  private retriesLeft = RETRY_BUDGET
  private readonly waiting: Array<() => void> = []
  private readonly seen = { requests: 0, retries: 0, rateLimited: 0 }
  private lastFailure = 'no answer'
  /** What failed since the last success. */
  private readonly failing = new Set<unknown>()
  private readonly breaker = circuitBreaker(
    handleWhen((thrown) => isOfKind(thrown, 'down')),
    {
      breaker: {
        state: undefined,
        success: () => this.failing.clear(),
        failure: () => this.failing.size >= FAILURES_IN_A_ROW,
      },
      halfOpenAfter: HALF_OPEN_AFTER,
    }
  )

  /** @param retries false where a request must not be repeated: the caller decides */
  constructor(
    /** Name for messages. */
    readonly upstream: string,
    /** Maximum concurrency. */
    private limit: number,
    private readonly clock: LimiterClock,
    private readonly rate = new RateLimiter(clock),
    private readonly retries = true
  ) {
    this.allowed = limit
  }

  /** Sets the maximum concurrency; running requests continue. */
  setLimit(limit: number) {
    if (limit === this.limit) return
    this.allowed = limit > this.limit ? limit : Math.min(this.allowed, limit)
    this.limit = limit
    this.admit()
  }

  /** For reports. Rate and backoffs are those of its host, also where another limiter of the host caused them. */
  get state() {
    const isClosed = this.breaker.state === CircuitState.Closed
    return {
      concurrencyLimit: Math.floor(this.allowed),
      inFlight: this.inFlight,
      /** Undefined without a limit. */
      requestsPerSecond: this.rate.perSecond,
      ...this.seen,
      backoffs: this.rate.cooldowns,
      circuit: isClosed ? ('closed' as const) : ('open' as const),
    }
  }

  /**
   * Makes a request, again after 429, 5xx, no answer, or one that is not as documented; not after 400, 401, 403, 404.
   * @param thing what is asked for, where others ask for it too: however often it fails, it counts once
   * @param mayRepeat false for a failed request that may have taken effect, and must not be sent twice
   * @throws {UpstreamError} the last failure; `circuitOpen` if the circuit is open
   */
  async run<T>(
    request: () => Promise<T>,
    thing?: string,
    mayRepeat: (thrown: unknown) => boolean = () => this.retries
  ): Promise<T> {
    let backoff: IBackoff<unknown> = RETRY_AFTER.next()
    for (let attempts = 1; ; attempts++) {
      try {
        return await this.attempt(request, thing)
      } catch (thrown) {
        const isLast = !(thrown instanceof UpstreamError) || attempts >= attemptsFor(thrown)
        if (isLast || this.retriesLeft < 1 || !mayRepeat(thrown)) throw thrown
        this.retriesLeft--
        this.seen.retries++
        // After a 429, `acquire` waits for the shared cooldown.
        if (!isOfKind(thrown, 'overloaded')) await this.clock.sleep(backoff.duration)
        backoff = backoff.next(undefined)
      }
    }
  }

  /** Resolves when a request would start at once. A caller awaits it before each of many tasks, so that few are begun. */
  async admission(): Promise<void> {
    await this.enter()
    this.leave()
    await this.rate.idle()
  }

  private async attempt<T>(request: () => Promise<T>, thing?: string): Promise<T> {
    await this.enter()
    await this.rate.acquire()
    const startedAt = this.clock.now()
    try {
      const answer = await this.breaker.execute(async () => {
        this.seen.requests++
        return request().catch((thrown: unknown) => {
          if (isOfKind(thrown, 'down')) this.failing.add(thing ?? Symbol())
          throw thrown
        })
      })
      this.rate.succeeded()
      this.retriesLeft = Math.min(RETRY_BUDGET, this.retriesLeft + RETRIES_EARNED)
      this.allowed = Math.min(this.limit, this.allowed + 1 / this.allowed)
      return answer
    } catch (thrown) {
      // Before the slot is free: the next request must see the cooldown.
      this.failed(thrown, startedAt)
      if (!(thrown instanceof BrokenCircuitError)) throw thrown
      const detail = `${this.lastFailure}; it is down, and left alone for a while`
      throw new UpstreamError(this.upstream, 'circuitOpen', detail)
    } finally {
      this.leave()
    }
  }

  private failed(thrown: unknown, startedAt: number) {
    if (isOfKind(thrown, 'overloaded')) {
      this.seen.rateLimited++
      this.rate.throttled(startedAt, thrown.retryAfterMs)
    } else if (isOfKind(thrown, 'down')) this.lastFailure = thrown.detail
    else return
    // Once for all requests that ran at the same time.
    if (startedAt < this.backedOffAt) return
    this.backedOffAt = this.clock.now()
    this.allowed = Math.max(1, this.allowed / 2)
  }

  private async enter(): Promise<void> {
    if (this.hasRoom()) this.inFlight++
    else await new Promise<void>((resolve) => this.waiting.push(resolve))
  }

  private leave() {
    this.inFlight--
    this.admit()
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
}
