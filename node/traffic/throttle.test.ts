import { Quota } from './quota'
import { Throttle } from './throttle'

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

it('does not make up for all that a process slept through: 100 ms of calls begin at once at most', async () => {
  const quota = new Quota()
  quota.set(6_000)
  const clock = {
    now: () => Date.now(),
    random: () => 0,
    sleep: (ms: number) => new Promise<void>((wake) => setTimeout(wake, ms)),
  }
  const throttle = new Throttle(clock, quota)
  const starts: number[] = []
  for (let call = 0; call < 300; call++) {
    void throttle.turn().then(() => starts.push(Date.now()))
  }
  await jest.advanceTimersByTimeAsync(500)
  const before = starts.length
  expect(before).toBeGreaterThan(40)

  // The clock goes on for a second, and nothing wakes.
  jest.setSystemTime(Date.now() + 1_000)
  await jest.advanceTimersByTimeAsync(10)
  const atOnce = starts.length - before
  expect(atOnce).toBeGreaterThan(1)
  // One in each 10 ms, and the one whose place it was.
  expect(atOnce).toBeLessThanOrEqual(12)
})
