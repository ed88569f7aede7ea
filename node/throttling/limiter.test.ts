import fc from 'fast-check'
import { UpstreamError, type UpstreamErrorKind } from '../common/upstreamError'
import { Limiter } from './limiter'
import { type LimiterClock, RateLimiter } from './rateLimiter'

/** Time that passes only when everybody waits. */
class FakeClock implements LimiterClock {
  private time = 0
  private sleepers: Array<{ at: number; wake: () => void }> = []

  now() {
    return this.time
  }

  random() {
    return 0
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => this.sleepers.push({ at: this.time + ms, wake }))
  }

  /** Runs until all tasks wait, then wakes the first sleeper. False: none sleeps. */
  async pass(): Promise<boolean> {
    await new Promise(setImmediate)
    this.sleepers.sort((a, b) => a.at - b.at)
    const next = this.sleepers.shift()
    if (!next) return false
    this.time = Math.max(this.time, next.at)
    next.wake()
    return true
  }

  /** Lets time pass until nobody sleeps. */
  async untilQuiet(): Promise<void> {
    while (await this.pass());
  }
}

const failure = (kind: UpstreamErrorKind, retryAfterMs?: number) =>
  new UpstreamError('VTEX logistics', kind, 'status ...', undefined, retryAfterMs)

function setUp(limit: number) {
  const clock = new FakeClock()
  return { clock, limiter: new Limiter('it', limit, clock) }
}

/** A call that fails so many times and then answers. */
function flaky(error: Error, times: number) {
  const call = async () => {
    call.made++
    if (call.made <= times) throw error
    return 'answer'
  }
  call.made = 0
  return call
}

async function outcome(limit: number, call: () => Promise<unknown>) {
  const { clock, limiter } = setUp(limit)
  const settled = limiter.run(call).catch((thrown: unknown) => thrown)
  await clock.untilQuiet()
  return settled
}

describe('Limiter', () => {
  it('runs calls in the order in which they came', async () => {
    const { clock, limiter } = setUp(2)
    const order: number[] = []
    const calls = [0, 1, 2, 3, 4, 5].map((number) =>
      limiter.run(async () => {
        order.push(number)
        await clock.sleep(10)
      })
    )
    await clock.untilQuiet()
    await Promise.all(calls)
    expect(order).toEqual([0, 1, 2, 3, 4, 5])
    expect(clock.now()).toBe(30)
  })

  it('starts more queued calls when its limit rises', async () => {
    const { clock, limiter } = setUp(1)
    let running = 0
    const forever = () => limiter.run(() => new Promise(() => running++))
    void [forever(), forever(), forever(), forever()]
    await clock.untilQuiet()
    expect(running).toBe(1)
    limiter.setLimit(3)
    await clock.untilQuiet()
    expect(running).toBe(3)
  })

  it('admits at once if a call could start, and reserves nothing', async () => {
    const { clock, limiter } = setUp(1)
    const order: string[] = []
    void limiter.admission().then(() => order.push('admitted'))
    void limiter.run(async () => order.push('called'))
    await clock.untilQuiet()
    expect(order.sort()).toEqual(['admitted', 'called'])
    expect(limiter.state.inFlight).toBe(0)
  })

  it('admits nobody while calls wait for a free slot, and reserves none', async () => {
    const { clock, limiter } = setUp(1)
    const order: string[] = []
    const call = (name: string) =>
      limiter.run(async () => {
        await clock.sleep(10)
        order.push(name)
      })
    const calls = [call('first'), call('second')]
    const admitted = limiter.admission().then(() => order.push('admitted'))
    await clock.untilQuiet()
    await Promise.all([...calls, admitted])
    expect(order).toEqual(['first', 'second', 'admitted'])
    await Promise.all([call('third'), clock.untilQuiet()])
    expect([order.at(-1), limiter.state.inFlight]).toEqual(['third', 0])
  })

  it('admits nobody while calls wait for the rate limit', async () => {
    const clock = new FakeClock()
    const rate = new RateLimiter(clock)
    rate.setMaxPerMinute(60)
    const limiter = new Limiter('it', 5, clock, rate)
    const calls = [1, 2, 3, 4].map(() => limiter.run(async () => undefined))
    let admittedAt: number | undefined
    void limiter.admission().then(() => {
      admittedAt = clock.now()
    })
    await clock.untilQuiet()
    await Promise.all(calls)
    // The first needs no wait; makes up for 100 ms.
    expect(admittedAt).toBeGreaterThanOrEqual(2_900)
  })

  it.each(['down', 'overloaded', 'malformed'] as const)('retries a failure: %s', async (kind) => {
    const call = flaky(failure(kind), 2)
    expect(await outcome(1, call)).toBe('answer')
    expect(call.made).toBe(3)
  })

  it.each(['down', 'overloaded', 'malformed'] as const)(
    'rejects with the last error if a call stays %s',
    async (kind) => {
      const error = failure(kind)
      const call = flaky(error, Number.POSITIVE_INFINITY)
      expect(await outcome(1, call)).toBe(error)
      expect(call.made).toBeLessThan(20)
    }
  )

  it.each([failure('refused'), failure('missing'), new TypeError('a bug')])(
    'does not retry an error that would repeat (%p)',
    async (error) => {
      const call = flaky(error, Number.POSITIVE_INFINITY)
      expect(await outcome(1, call)).toBe(error)
      expect(call.made).toBe(1)
    }
  )

  it('runs another call while a failed one waits for its retry', async () => {
    const { clock, limiter } = setUp(1)
    const order: string[] = []
    const failing = flaky(failure('down'), 1)
    const first = limiter.run(() => {
      order.push('failing')
      return failing()
    })
    const second = limiter.run(async () => order.push('next'))
    await clock.untilQuiet()
    await Promise.all([first, second])
    expect(order).toEqual(['failing', 'next', 'failing'])
    expect(limiter.state).toMatchObject({ inFlight: 0, requests: 3, retries: 1 })
  })

  it.each([
    [7_000, 7_000],
    [3_600_000, 60_000],
    [undefined, 1_000],
  ])('pauses all calls after a 429 that asks for %p ms: %i ms', async (asked, pause) => {
    const { clock, limiter } = setUp(2)
    const times: number[] = []
    const refused = flaky(failure('overloaded', asked), 1)
    const note = async () => times.push(clock.now())
    const calls: Promise<unknown>[] = [limiter.run(refused), limiter.run(() => clock.sleep(5))]
    calls.push(limiter.run(note), limiter.run(note))
    await clock.pass()
    calls.push(limiter.run(note))
    await clock.untilQuiet()
    await Promise.all(calls)
    expect([Math.min(...times), times.length]).toEqual([pause, 3])
    expect(refused.made).toBe(2)
    expect(limiter.state).toMatchObject({ rateLimited: 1, backoffs: 1 })
  })

  it('pauses the other limiters of the host after a 429', async () => {
    const clock = new FakeClock()
    const rate = new RateLimiter(clock)
    const catalog = new Limiter('catalog', 2, clock, rate)
    const logistics = new Limiter('logistics', 2, clock, rate)
    const refused = catalog.run(flaky(failure('overloaded', 7_000), 1))
    await clock.pass()
    const other = logistics.run(async () => clock.now())
    await clock.untilQuiet()
    await refused
    // The refused request goes first, and nobody knows yet how many the host takes.
    expect(await other).toBe(7_100)
    expect([catalog.state.rateLimited, logistics.state.rateLimited]).toEqual([1, 0])
  })

  it('never exceeds its limit, starts nothing in a pause, and settles every call', async () => {
    const happening = fc.record({
      takes: fc.nat(3_000),
      ends: fc.constantFrom('answer', 'answer', 'down', 'overloaded', 'missing', 'refused'),
      asked: fc.nat(90_000),
    })
    const scripts = fc.array(fc.array(happening, { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 14,
    })
    await fc.assert(
      fc.asyncProperty(scripts, fc.integer({ min: 1, max: 5 }), async (calls, limit) => {
        const { clock, limiter } = setUp(limit)
        let inFlight = 0
        let quietUntil = 0
        const run = (script: (typeof calls)[number]) => {
          const left = [...script]
          return limiter.run(async () => {
            expect(++inFlight).toBeLessThanOrEqual(limit)
            expect(clock.now()).toBeGreaterThanOrEqual(quietUntil)
            const { takes, ends, asked } = left.shift() ?? { takes: 1, ends: 'answer', asked: 0 }
            await clock.sleep(takes)
            inFlight--
            if (ends === 'overloaded') {
              quietUntil = Math.max(quietUntil, clock.now() + Math.min(asked, 60_000))
            }
            if (ends !== 'answer') throw failure(ends as UpstreamErrorKind, asked)
          })
        }
        const settled = Promise.allSettled(calls.map(run))
        await clock.untilQuiet()
        for (const result of await settled) {
          if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(UpstreamError)
        }
        expect(limiter.state.inFlight).toBe(0)
      }),
      { numRuns: 150 }
    )
  })
})
