import { callFor, type Limited } from '../../tests/traffic/simulation'
import { Pace } from './pace'

const SECONDS = 60

describe('an upstream that takes so many calls a second and refuses more', () => {
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
    'is used to at least 85 %% and refuses at most 5 %%: %j',
    async (limited) => {
      const { share, refusedShare } = await callFor(SECONDS, limited)
      expect(share).toBeGreaterThanOrEqual(0.85)
      expect(refusedShare).toBeLessThanOrEqual(0.05)
    }
  )

  it.each([small, { ...small, apis: 'limited together' as const }])(
    'is used as much while files are delivered between reads: %j',
    async (limited) => {
      const { share, refusedShare } = await callFor(SECONDS, { ...limited, deliveryMs: 2_000 })
      expect(share).toBeGreaterThanOrEqual(0.85 * 0.8)
      expect(refusedShare).toBeLessThanOrEqual(0.05)
    }
  )
})

it('does not slow down to a stop for an upstream that refuses a call now and then', async () => {
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
  expect(perSecond).toBeGreaterThan(pausesAlone / 4)
})

describe('the pace', () => {
  /** The pace after the first refusal, of an upstream that took 100 calls in a second. Calls go on at 2,000. */
  function learned() {
    const pace = new Pace()
    for (let now = 0; now < 1_000; now += 10) {
      pace.take(now)
      pace.succeeded(now)
    }
    pace.refused(990, 1_000, 2_000)
    return pace
  }

  it('does not grow while callers are slower than it', () => {
    const pace = learned()
    pace.take(2_000)
    const before = pace.perSecond
    for (let now = 3_000; now < 600_000; now += 1_000) expect(pace.take(now)).toBe(0)
    expect(pace.perSecond).toBe(before)
  })

  it('grows slowly from where its search ended, at once: it had looked too far back', () => {
    const pace = learned()
    const call = (from: number, until: number) => {
      for (let now = from; now < until; now += 5) {
        pace.take(now)
        pace.succeeded(now)
      }
    }
    call(2_000, 5_000)
    pace.refused(4_990, 5_000, 6_000)
    const found = pace.perSecond ?? 0
    call(6_000, 16_000)
    expect((pace.perSecond ?? 0) / found).toBeCloseTo(1.01 ** 10, 2)
  })

  it('begins as high after an hour without calls as without it', () => {
    const fresh = learned()
    const pace = new Pace()
    pace.take(-3_600_000)
    for (let now = 0; now < 1_000; now += 10) {
      pace.take(now)
      pace.succeeded(now)
    }
    pace.refused(990, 1_000, 2_000)
    expect(pace.perSecond).toBe(fresh.perSecond)
  })
})
