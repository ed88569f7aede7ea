import { Limits } from './limits'
import { type RetryHeaderForm, retryHeaders } from './retry-headers'

const HOST = 'shop.example'
const call = (path = '/api/x') => ({ upstream: HOST, method: 'GET', path })

let now: number
let limits: Limits

beforeEach(() => {
  now = 1_000
  limits = new Limits(() => now)
})

/** How many of `times` calls pass at this moment. */
const passing = (times: number, path?: string) =>
  Array.from({ length: times }, () => limits.admit(call(path))).filter((refusal) => !refusal).length

it('passes all requests without a limit', () => {
  expect(passing(1_000)).toBe(1_000)
})

it('passes a fifth of a second at once, then the limit per second', () => {
  limits.add({ upstream: HOST, perSecond: 50 })
  expect(passing(100)).toBe(10)
  let passed = 0
  for (let ms = 0; ms < 10_000; ms += 5) {
    now += 5
    passed += passing(3)
  }
  expect(passed).toBe(500)
  now += 60_000
  expect(passing(100)).toBe(10)
})

it('passes at least one request at once', () => {
  limits.add({ upstream: HOST, perSecond: 2 })
  expect(passing(5)).toBe(1)
  now += 499
  expect(passing(5)).toBe(0)
  now += 1
  expect(passing(5)).toBe(1)
})

it('Limits counts passed and rate limited requests of its upstream', () => {
  const rule = { upstream: HOST, path: '/api/x', perSecond: 1, burst: 3 }
  const id = limits.add(rule)
  expect(passing(5, '/api/y')).toBe(5)
  expect(passing(5, '/api/x?q=1')).toBe(3)
  expect(limits.admit({ ...call(), upstream: 'other.example' })).toBeUndefined()
  expect(limits.list()).toEqual([{ id, rule, passed: 3, rateLimited: 2 }])
})

it('takes no token for a request that another limit rejects', () => {
  limits.add({ upstream: HOST, perSecond: 1, burst: 5 })
  limits.add({ upstream: HOST, path: '/api/x', perSecond: 1, burst: 1 })
  expect(passing(4, '/api/x')).toBe(1)
  expect(passing(9, '/api/y')).toBe(4)
})

it('stops limiting after remove', () => {
  const id = limits.add({ upstream: HOST, perSecond: 1 })
  expect(passing(2)).toBe(1)
  expect([limits.remove(id), limits.remove(id)]).toEqual([true, false])
  expect(passing(2)).toBe(2)
})

it.each([{ perSecond: 0 }, { perSecond: 5, burst: 0 }, { perSecond: 5, path: 'api' }])(
  'Limits.add rejects %j',
  (rule) => {
    expect(() => limits.add({ upstream: HOST, ...rule })).toThrow()
  }
)

const AT = Date.UTC(2026, 0, 5, 10, 0, 0, 300)

it.each<[RetryHeaderForm, number, Record<string, string>]>([
  ['retry-after', 20, { 'retry-after': '1' }],
  ['retry-after', 2_001, { 'retry-after': '3' }],
  ['retry-after-date', 20, { 'retry-after': 'Mon, 05 Jan 2026 10:00:01 GMT' }],
  ['retry-after-date', 1_800, { 'retry-after': 'Mon, 05 Jan 2026 10:00:03 GMT' }],
  ['ratelimit-reset', 1_500, { 'ratelimit-reset': '2' }],
  ['x-ratelimit-reset', 500, { 'x-ratelimit-reset': '1' }],
  ['none', 500, {}],
])('retryHeaders writes %s for a retry after %i ms', (form, wait, headers) => {
  expect(retryHeaders(form, wait, AT)).toEqual(headers)
})

it('returns the header of the rule', () => {
  limits.add({ upstream: HOST, perSecond: 1, burst: 1, header: 'x-ratelimit-reset' })
  expect(passing(1)).toBe(1)
  expect(limits.admit(call())).toEqual({ 'x-ratelimit-reset': '1' })
})
