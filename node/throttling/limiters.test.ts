import { UpstreamError } from '../common/upstreamError'
import { limiterOf, setLimits, trafficOf } from './limiters'

// Timers of jest's, which knows nothing of those of promises.
jest.mock('timers/promises', () => ({
  setTimeout: (ms: number) => new Promise((wake) => setTimeout(wake, ms)),
}))

let accounts = 0
/** Its own account for each test: limiters live as long as the process. */
const newOwner = () => ({ account: `shop${++accounts}`, workspace: 'master' })

beforeEach(() => jest.useFakeTimers({ now: 0 }))
afterEach(() => jest.useRealTimers())

/** A request that is refused once. */
function refusedFor(retryAfterMs: number) {
  let requests = 0
  return async () => {
    if (++requests > 1) return
    throw new UpstreamError('it', 'overloaded', 'status 429', 429, retryAfterMs)
  }
}

describe('limiterOf', () => {
  it('returns the same limiter for each request of an account and workspace, and no other', () => {
    const owner = newOwner()
    expect(limiterOf({ ...owner }, 'catalog')).toBe(limiterOf(owner, 'catalog'))
    expect(limiterOf(newOwner(), 'catalog')).not.toBe(limiterOf(owner, 'catalog'))
    const workspace = 'other'
    expect(limiterOf({ ...owner, workspace }, 'catalog')).not.toBe(limiterOf(owner, 'catalog'))
  })

  it("lets a 429 of one of VTEX's APIs pause all of them, and neither Centra nor others' accounts", async () => {
    const owner = newOwner()
    void limiterOf(owner, 'catalog').run(refusedFor(30_000))
    await jest.advanceTimersByTimeAsync(10)
    const began: string[] = []
    const begin = (name: string) => async () => began.push(name)
    void limiterOf(owner, 'logistics').run(begin('logistics'))
    void limiterOf(owner, 'centra').run(begin('centra'))
    void limiterOf(newOwner(), 'catalog').run(begin('other account'))
    await jest.advanceTimersByTimeAsync(29_000)
    expect(began.sort()).toEqual(['centra', 'other account'])
    await jest.advanceTimersByTimeAsync(3_000)
    expect(began).toContain('logistics')
  })
})

describe('setLimits', () => {
  it('limits concurrent requests to the APIs that are called for each SKU', async () => {
    const owner = newOwner()
    setLimits(owner, { maxConcurrency: 3, maxRequestsPerMinute: 0 })
    for (let call = 0; call < 10; call++) {
      void limiterOf(owner, 'offers').run(() => new Promise(() => undefined))
      void limiterOf(owner, 'centra').run(() => new Promise(() => undefined))
    }
    await jest.advanceTimersByTimeAsync(10)
    expect(trafficOf(owner)).toMatchObject({
      offers: { concurrencyLimit: 3, inFlight: 3, requests: 3 },
      centra: { concurrencyLimit: 2, inFlight: 2, requests: 2 },
    })
  })

  it("limits requests per minute to all of VTEX's APIs together", async () => {
    const owner = newOwner()
    setLimits(owner, { maxConcurrency: 25, maxRequestsPerMinute: 60 })
    let began = 0
    for (let call = 0; call < 10; call++) {
      void limiterOf(owner, 'catalog').run(async () => began++)
      void limiterOf(owner, 'scheduler').run(async () => began++)
    }
    await jest.advanceTimersByTimeAsync(5_000)
    expect(began).toBeGreaterThanOrEqual(5)
    expect(began).toBeLessThanOrEqual(7)
  })
})
