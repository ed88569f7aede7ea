import fc from 'fast-check'

import { callFor, FakeClock, type Limited } from '../../tests/throttling/simulation'
import { RateLimiter } from './rateLimiter'

const SECONDS = 60

describe('RateLimiter with an upstream that limits requests per second', () => {
  const kinds: Limited[] = [30, 100, 400].flatMap((perSecond) =>
    (['window', 'bucket'] as const).flatMap((kind) =>
      [5, 40].flatMap((latency) =>
        [1_000, undefined].map((retryAfterMs) => ({ perSecond, kind, latency, retryAfterMs }))
      )
    )
  )
  const small: Limited = {
    perSecond: 50,
    kind: 'bucket',
    burst: 1 / 5,
    latency: 20,
    retryAfterMs: 1_000,
  }
  const more: Limited[] = [
    small,
    { ...small, perSecond: 200 },
    { ...small, apis: 'limited together' },
    { ...small, apis: 'limited apart' },
    { ...small, perSecond: 200, apis: 'limited together' },
    { ...small, apis: 'limited together', inOrder: true },
    { ...small, apis: 'limited apart', inOrder: true },
    { ...small, perSecond: 30, apis: 'limited apart', inOrder: true },
    { ...small, lateMs: 30 },
    { ...small, perSecond: 200, lateMs: 30 },
    { ...small, perSecond: 200, apis: 'limited apart', lateMs: 60 },
    { ...small, perSecond: 400, lateMs: 60 },
    { ...small, idleMs: 3_600_000 },
  ]

  it.each([...kinds, ...more])(
    'uses at least 85 %% of the limit and gets at most 5 %% of 429s: %j',
    async (limited) => {
      const { share, refusedShare } = await callFor(SECONDS, limited)
      expect(share).toBeGreaterThanOrEqual(0.85)
      expect(refusedShare).toBeLessThanOrEqual(0.05)
    }
  )

  it.each([small, { ...small, apis: 'limited together' as const }])(
    'uses the limit as well while files are delivered between reads: %j',
    async (limited) => {
      const { share, refusedShare } = await callFor(SECONDS, { ...limited, deliveryMs: 2_000 })
      expect(share).toBeGreaterThanOrEqual(0.85 * 0.8)
      expect(refusedShare).toBeLessThanOrEqual(0.05)
    }
  )
})

it.each([2, 5])('learns a limit as low as %i a second', async (perSecond) => {
  const limited = { perSecond, kind: 'window', latency: 200, retryAfterMs: 1_000 } as const
  const { share, refusedShare } = await callFor(600, limited)
  expect(share).toBeGreaterThanOrEqual(0.85)
  expect(refusedShare).toBeLessThanOrEqual(0.1)
})

it('stays fast for an upstream that responds 429 occasionally', async () => {
  const atRandom = 0.002
  const latency = 25
  const { perSecond } = await callFor(120, {
    perSecond: 1e9,
    kind: 'bucket',
    latency,
    retryAfterMs: 1_000,
    atRandom,
  })
  // 25 callers; after 500 calls each time a pause of a second and an eighth.
  const fullSpeed = (25 * 1_000) / latency
  const pausesAlone = 500 / (500 / fullSpeed + 1.125)
  expect(perSecond).toBeGreaterThan(pausesAlone / 8)
})

describe('RateLimiter', () => {
  /** Takes tokens one by one for so long. @returns how many it got */
  async function use(clock: FakeClock, rate: RateLimiter, ms: number, pauseMs = 0) {
    const end = clock.now() + ms
    let tokens = 0
    let isOver = false
    const work = async () => {
      while (clock.now() < end) {
        await rate.acquire()
        rate.succeeded()
        tokens++
        if (pauseMs > 0) await clock.sleep(pauseMs)
      }
      isOver = true
    }
    void work()
    await clock.run(() => isOver)
    return tokens
  }

  /** One that was refused at 100 requests a second. */
  async function learned() {
    const clock = new FakeClock()
    const rate = new RateLimiter(clock)
    await use(clock, rate, 1_000, 10)
    rate.throttled(clock.now(), 1_000)
    return { clock, rate }
  }

  it('sets no rate before the first 429', async () => {
    const clock = new FakeClock()
    const rate = new RateLimiter(clock)
    await use(clock, rate, 1_000, 10)
    expect(rate.perSecond).toBeUndefined()
  })

  it('does not raise the rate while callers are slower than it', async () => {
    const { clock, rate } = await learned()
    const before = rate.perSecond
    await use(clock, rate, 600_000, 1_000)
    expect(rate.perSecond).toBe(before)
  })

  it('raises the rate slowly near the one that was refused last, fast far from it', async () => {
    const { clock, rate } = await learned()
    await use(clock, rate, 4_000)
    rate.throttled(clock.now(), 1_000)
    const found = rate.perSecond ?? 0
    await use(clock, rate, 21_000)
    expect((rate.perSecond ?? 0) / found).toBeCloseTo(1.005 ** 20, 2)
    await use(clock, rate, 60_000)
    expect((rate.perSecond ?? 0) / found).toBeGreaterThan(2)
  })

  it('learns the same after an hour without requests as without that hour', async () => {
    const { rate } = await learned()
    const clock = new FakeClock()
    const idle = new RateLimiter(clock)
    await use(clock, idle, 10, 10)
    await use(clock, idle, 3_600_000, 3_600_000)
    await use(clock, idle, 1_000, 10)
    idle.throttled(clock.now(), 1_000)
    expect(idle.perSecond).toBeCloseTo(rate.perSecond ?? 0, -1)
  })

  it('keeps maxRequestsPerMinute, whatever the learned rate is', async () => {
    const { clock, rate } = await learned()
    rate.setMaxPerMinute(600)
    const tokens = await use(clock, rate, 61_000)
    // A second of cooldown, a minute of tokens, and 100 ms to catch up.
    expect(tokens).toBeGreaterThanOrEqual(600)
    expect(tokens).toBeLessThanOrEqual(603)
    expect(rate.perSecond).toBe(10)
    rate.setMaxPerMinute(0)
    expect(rate.perSecond).toBeGreaterThan(90)
  })

  it('never exceeds maxRequestsPerMinute in any stretch of time, however callers come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 60, max: 60_000 }),
        fc.array(fc.nat(400), { minLength: 2, maxLength: 100 }),
        async (perMinute, pauses) => {
          const clock = new FakeClock()
          const rate = new RateLimiter(clock)
          rate.setMaxPerMinute(perMinute)
          const starts: number[] = []
          const call = async (after: number) => {
            await clock.sleep(after)
            await rate.acquire()
            starts.push(clock.now())
          }
          let at = 0
          for (const pause of pauses) {
            at += pause
            void call(at)
          }
          await clock.run(() => starts.length === pauses.length)
          for (const [first, from] of starts.entries()) {
            const last = Math.min(starts.length - 1, first + 20)
            // And what a late caller may catch up; a token comes up to a millisecond early.
            const elapsed = (starts[last] ?? 0) - from + 101
            expect(last - first).toBeLessThanOrEqual((elapsed * perMinute) / 60_000 + 1)
          }
        }
      )
    )
  })
})
