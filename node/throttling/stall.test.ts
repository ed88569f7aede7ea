import { RateLimiter } from './rateLimiter'

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

it('RateLimiter starts at most 100 ms worth of requests at once after its process stalled', async () => {
  const clock = {
    now: () => Date.now(),
    random: () => 0,
    sleep: (ms: number) => new Promise<void>((wake) => setTimeout(wake, ms)),
  }
  const rate = new RateLimiter(clock)
  rate.setMaxPerMinute(6_000)
  const starts: number[] = []
  for (let call = 0; call < 300; call++) {
    void rate.acquire().then(() => starts.push(Date.now()))
  }
  await jest.advanceTimersByTimeAsync(500)
  const before = starts.length
  expect(before).toBeGreaterThan(40)

  // The clock goes on for a second, and nothing wakes.
  jest.setSystemTime(Date.now() + 1_000)
  await jest.advanceTimersByTimeAsync(10)
  const atOnce = starts.length - before
  expect(atOnce).toBeGreaterThan(1)
  // One in each 10 ms, and the one whose token it was.
  expect(atOnce).toBeLessThanOrEqual(12)
})
