import { UpstreamError } from '../../node/common/upstreamError'
import { Limiter } from '../../node/throttling/limiter'
import { RateLimiter } from '../../node/throttling/rateLimiter'
import { untilTurnsEnd } from '../turns'

/** Time that passes only while everybody waits. */
export class FakeClock {
  private time = 1_000_000
  private sleepers: Array<{ at: number; wake: () => void }> = []
  private readonly chance = chances()

  /** @param lateMs a sleeper oversleeps by up to so long: its process has other things to do */
  constructor(private readonly lateMs = 0) {}

  now = () => this.time
  random = () => 0.5

  sleep(ms: number): Promise<void> {
    const at = this.time + ms + this.chance() * this.lateMs
    return new Promise((wake) => this.sleepers.push({ at, wake }))
  }

  async run(until: () => boolean) {
    while (!until()) {
      await untilTurnsEnd()
      this.sleepers.sort((a, b) => a.at - b.at)
      const next = this.sleepers.shift()
      if (!next) continue
      this.time = Math.max(this.time, next.at)
      next.wake()
    }
  }
}

/** An upstream and those who call it. */
export interface Limited {
  /** Calls a second that are taken. */
  perSecond: number
  latency: number
  /** Counted in each second of the clock, or refilled evenly. */
  kind: 'window' | 'bucket'
  /** Seconds' worth of calls that a bucket holds; 1 when absent. */
  burst?: number
  retryAfterMs?: number | undefined
  /** Two APIs, and whether each has such a limit or both one; one API when absent. */
  apis?: 'limited apart' | 'limited together'
  /** A caller asks one API after the other, not both at once. */
  inOrder?: boolean
  /** Callers oversleep by up to so long. */
  lateMs?: number
  /** Share of calls that are refused for no reason. */
  atRandom?: number
  /** Nobody calls for so long after the first call. */
  idleMs?: number
  /** Every ten seconds nobody calls for so long. */
  deliveryMs?: number
  /** A caller has so much else to do after each call. */
  busyMs?: number
}

/** One limit. @returns whether it takes a call now */
function limitOf({ perSecond, kind, burst = 1 }: Limited, now: () => number) {
  const most = kind === 'bucket' ? perSecond * burst : perSecond
  let tokens = most
  let filledAt = now()
  return () => {
    const elapsed = now() - filledAt
    const whole = elapsed >= 1_000 ? perSecond : 0
    const filled = kind === 'bucket' ? (elapsed * perSecond) / 1_000 : whole
    if (filled > 0) filledAt = now()
    tokens = Math.min(most, tokens + filled)
    if (tokens < 1) return false
    tokens--
    return true
  }
}

/** Numbers from 0 up to 1, the same each time. */
function chances() {
  let state = 1
  return () => {
    // Park and Miller's generator: exact in a double.
    state = (state * 48_271) % (2 ** 31 - 1)
    return state / (2 ** 31 - 1)
  }
}

const CALLERS = 25

/** Calls such an upstream as fast as the limiters let, and counts. */
export async function callFor(seconds: number, limited: Limited) {
  const { perSecond, latency, retryAfterMs, apis, atRandom = 0, idleMs = 0 } = limited
  const { deliveryMs = 0, busyMs = 0, inOrder = false, lateMs = 0 } = limited
  const clock = new FakeClock(lateMs)
  const rate = new RateLimiter(clock)
  const count = apis ? 2 : 1
  const limiters = Array.from({ length: count }, () => new Limiter('it', CALLERS, clock, rate))
  const together = limitOf(limited, clock.now)
  const limits = limiters.map(() =>
    apis === 'limited apart' ? limitOf(limited, clock.now) : together
  )
  const chance = chances()
  const seen = { taken: 0, refused: 0 }
  const callOf = (takes: () => boolean) => async () => {
    const taken = chance() >= atRandom && takes()
    seen[taken ? 'taken' : 'refused']++
    await clock.sleep(latency)
    if (!taken) throw new UpstreamError('it', 'overloaded', 'status 429', 429, retryAfterMs)
  }
  const calls = limits.map(callOf)
  const callOne = (call: () => Promise<void>, api: number) =>
    limiters[api]?.run(call).catch(() => undefined)
  const callAll = async () => {
    if (!inOrder) await Promise.all(calls.map(callOne))
    else for (const [api, call] of calls.entries()) await callOne(call, api)
  }
  const begin = async () => {
    if (idleMs === 0) return
    await callAll()
    await clock.sleep(idleMs)
  }
  let done = false
  let startedAt = 0
  const work = async () => {
    await begin()
    startedAt = clock.now()
    const end = startedAt + seconds * 1_000
    const caller = async () => {
      while (clock.now() < end) {
        const since = (clock.now() - startedAt) % 10_000
        if (since > 10_000 - deliveryMs) await clock.sleep(10_000 - since)
        await callAll()
        if (busyMs > 0) await clock.sleep(busyMs)
      }
    }
    await Promise.all(Array.from({ length: CALLERS }, caller))
    done = true
  }
  void work()
  await clock.run(() => done)
  const limit = apis === 'limited apart' ? 2 * perSecond : perSecond
  return {
    ...seen,
    /** Of what the upstream would have taken. */
    share: seen.taken / (limit * seconds),
    refusedShare: seen.refused / (seen.taken + seen.refused),
    perSecond: seen.taken / seconds,
    rate,
  }
}
