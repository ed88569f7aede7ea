import { UpstreamError } from '../clients/upstreamError'
import { Gate } from './gate'

/** Time that passes only while everybody waits. */
class FakeClock {
  private time = 1_000_000
  private sleepers: Array<{ at: number; wake: () => void }> = []
  now = () => this.time
  random = () => 0.5

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => this.sleepers.push({ at: this.time + ms, wake }))
  }

  async run(until: () => boolean) {
    while (!until()) {
      await new Promise((resolve) => setImmediate(resolve))
      this.sleepers.sort((a, b) => a.at - b.at)
      const next = this.sleepers.shift()
      if (!next) continue
      this.time = Math.max(this.time, next.at)
      next.wake()
    }
  }
}

interface Limited {
  /** Calls a second that are taken. */
  perSecond: number
  latency: number
  /** Counted in each second of the clock, or refilled evenly. */
  kind: 'window' | 'bucket'
  retryAfterMs?: number
}

/** Calls an upstream that takes so many a second and answers 429 above it, as fast as the gate lets. */
async function callFor(seconds: number, { perSecond, latency, kind, retryAfterMs }: Limited) {
  const clock = new FakeClock()
  const gate = new Gate(clock, 25)
  const seen = { taken: 0, refused: 0 }
  let tokens = perSecond
  let filledAt = clock.now()
  const takes = () => {
    const elapsed = clock.now() - filledAt
    const filled =
      kind === 'bucket' ? (elapsed * perSecond) / 1_000 : elapsed >= 1_000 ? perSecond : 0
    if (filled > 0) filledAt = clock.now()
    tokens = Math.min(perSecond, tokens + filled)
    if (tokens < 1) return false
    tokens--
    return true
  }
  const call = async () => {
    const taken = takes()
    seen[taken ? 'taken' : 'refused']++
    await clock.sleep(latency)
    if (!taken) throw new UpstreamError('it', 'overloaded', 'status 429', 429, retryAfterMs)
  }
  const end = clock.now() + seconds * 1_000
  const callers = Array.from({ length: 25 }, async () => {
    while (clock.now() < end) await gate.run(call).catch(() => undefined)
  })
  let done = false
  void Promise.all(callers).then(() => {
    done = true
  })
  await clock.run(() => done)
  const share = seen.taken / (perSecond * seconds)
  return { ...seen, share, refusedShare: seen.refused / (seen.taken + seen.refused), gate }
}

describe('an upstream that takes so many calls a second and refuses more', () => {
  const cases = [30, 100, 400].flatMap((perSecond) =>
    (['window', 'bucket'] as const).flatMap((kind) =>
      [5, 40].flatMap((latency) =>
        [1_000, undefined].map((retryAfterMs) => ({
          perSecond,
          kind,
          latency,
          ...(retryAfterMs && { retryAfterMs }),
        }))
      )
    )
  )

  it.each(cases)('is used to at least 85 %% and refuses at most 5 %%: %j', async (limited) => {
    const { share, refusedShare } = await callFor(60, limited)
    expect(share).toBeGreaterThanOrEqual(0.85)
    expect(refusedShare).toBeLessThanOrEqual(0.05)
  })
})
