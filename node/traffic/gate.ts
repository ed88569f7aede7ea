import { ExponentialBackoff, type IBackoff } from 'cockatiel'

import { UpstreamError } from '../clients/upstreamError'

/** A first guess for an upstream that says 429 and not for how long. */
const DEFAULT_PAUSE_MS = 2_000
/** No upstream may silence an export for longer than this at a time. */
const MAX_PAUSE_MS = 60_000
const MAX_ATTEMPTS = 6
const BACKOFF = new ExponentialBackoff({ initialDelay: 200, maxDelay: 8_000 })

/** The waits and chances that a gate depends on. */
export interface GateClock {
  now(): number
  sleep(ms: number): Promise<void>
  /** A number from 0 up to 1. */
  random(): number
}

/** What a gate saw, for reports. */
export interface GateState {
  limit: number
  inFlight: number
  calls: number
  retries: number
  refusals: number
  pauses: number
}

/**
 * The one way to an upstream for an account in this process: at most `limit` calls at a time; a 429
 * holds everybody until the time that the upstream named; what is worth it is tried again.
 */
export class Gate {
  private inFlight = 0
  private pausedUntil = 0
  private readonly waiting: Array<() => void> = []
  private readonly seen = { calls: 0, retries: 0, refusals: 0, pauses: 0 }

  constructor(
    private readonly clock: GateClock,
    private limit: number
  ) {}

  /** Sets how many calls may be under way; those under way go on. */
  setLimit(limit: number) {
    this.limit = limit
    this.admit()
  }

  get state(): GateState {
    return { limit: this.limit, inFlight: this.inFlight, ...this.seen }
  }

  /**
   * Runs `call`, again where its failure is worth it: 429, 5xx, no answer. Not: 400, 401, 403, 404 and
   * an answer of the wrong form, twice.
   * @throws {UpstreamError} the last failure
   */
  async run<T>(call: () => Promise<T>): Promise<T> {
    let backoff: IBackoff<unknown> = BACKOFF.next()
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.admitted(call)
      } catch (thrown) {
        if (!(thrown instanceof UpstreamError)) throw thrown
        if (!worthRetrying(thrown, attempt)) throw thrown
        this.seen.retries++
        if (thrown.trouble !== 'overloaded') await this.clock.sleep(backoff.duration)
        backoff = backoff.next(undefined)
      }
    }
  }

  private async admitted<T>(call: () => Promise<T>): Promise<T> {
    await this.turn()
    try {
      this.seen.calls++
      return await call()
    } catch (thrown) {
      // Before the place is free, or whoever gets it would not know of the pause.
      if (isRefusal(thrown)) this.pause(thrown.retryAfterMs)
      throw thrown
    } finally {
      this.inFlight--
      this.admit()
    }
  }

  /** Waits for a free place and for the end of a pause; holds the place when it returns. */
  private async turn(): Promise<void> {
    if (this.inFlight < this.limit) this.inFlight++
    else await new Promise<void>((resolve) => this.waiting.push(resolve))
    while (this.pausedUntil > this.clock.now()) {
      await this.clock.sleep(this.pausedUntil - this.clock.now())
    }
  }

  private admit() {
    while (this.inFlight < this.limit) {
      const next = this.waiting.shift()
      if (!next) return
      this.inFlight++
      next()
    }
  }

  private pause(retryAfterMs = DEFAULT_PAUSE_MS) {
    this.seen.refusals++
    const asked = Math.min(retryAfterMs, MAX_PAUSE_MS)
    const jitter = this.clock.random() * Math.min(1_000, asked / 4 + 50)
    const until = this.clock.now() + asked + jitter
    if (until > this.pausedUntil) {
      this.seen.pauses++
      this.pausedUntil = until
    }
  }
}

const isRefusal = (thrown: unknown): thrown is UpstreamError =>
  thrown instanceof UpstreamError && thrown.trouble === 'overloaded'

function worthRetrying({ trouble }: UpstreamError, attempt: number): boolean {
  if (trouble === 'down') return attempt < MAX_ATTEMPTS
  // Everybody slows down together on a 429, so this call has waited its turn: it gets many.
  if (trouble === 'overloaded') return attempt < MAX_ATTEMPTS * 2
  return trouble === 'malformed' && attempt < 3
}
