import fc from 'fast-check'
import { RateLimit } from './rate-limit'

it('lets no more out in any minute than it was told, however requests come', () => {
  const steps = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 50, maxLength: 400 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), steps, (perMinute, gaps) => {
      let now = 1_000_000
      const limit = new RateLimit(perMinute, () => now)
      const left: number[] = []
      for (const gap of gaps) {
        now += gap
        const wait = limit.take()
        if (wait !== undefined) left.push(now + wait)
      }
      expect(left.length).toBeGreaterThan(0)
      for (const [index, at] of left.entries()) {
        // Two that are `perMinute` requests apart have a minute between them.
        const later = left[index + perMinute] ?? Number.POSITIVE_INFINITY
        expect(later - at).toBeGreaterThanOrEqual(60_000 - 0.001)
      }
    })
  )
})

it('lets a request out at once after a pause, and does not make up for it', () => {
  let now = 0
  const limit = new RateLimit(60, () => now)
  expect([limit.take(), limit.take(), limit.take()]).toEqual([0, 1_000, 2_000])
  now = 100_000
  expect([limit.take(), limit.take()]).toEqual([0, 1_000])
})

it('refuses a request that would wait longer than the app does, and does not count it', () => {
  let now = 0
  const limit = new RateLimit(6, () => now)
  expect([limit.take(), limit.take(), limit.take(), limit.take()]).toEqual([
    0,
    10_000,
    undefined,
    undefined,
  ])
  now = 10_000
  expect(limit.take()).toBe(10_000)
})
