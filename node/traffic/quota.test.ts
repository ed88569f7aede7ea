import fc from 'fast-check'

import { Quota } from './quota'

describe('the quota of an account', () => {
  it('is kept by all gates together, however they ask', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 60_000 }),
        fc.array(fc.nat(400), { minLength: 2, maxLength: 300 }),
        (perMinute, pauses) => {
          const quota = new Quota()
          quota.set(perMinute)
          let now = 1_000_000
          const starts = pauses.map((pause) => {
            now += pause
            return now + quota.take(now)
          })
          // In any stretch of time no more than its share, and what is made up for a late comer.
          for (let first = 0; first < starts.length; first++) {
            const last = Math.min(starts.length - 1, first + 20)
            const elapsed = (starts[last] ?? 0) - (starts[first] ?? 0)
            const allowed = ((elapsed + 100) * perMinute) / 60_000 + 1
            expect(last - first).toBeLessThanOrEqual(allowed)
          }
        }
      )
    )
  })

  it('holds nobody where none is set', () => {
    const quota = new Quota()
    expect([quota.take(0), quota.take(0), quota.perSecond]).toEqual([0, 0, undefined])
    quota.set(600)
    const waits = [1, 2, 3].map(() => quota.take(1_000))
    expect([...waits, quota.perSecond]).toEqual([0, 0, 100, 10])
    quota.set(0)
    expect([quota.take(0), quota.perSecond]).toEqual([0, undefined])
  })
})
