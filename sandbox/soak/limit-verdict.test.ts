import type { LimitMeasurement } from './limit'
import { limitedRunProblems, limitSummary, unlimitedRunProblems } from './limit-verdict'

const limit = (name: string, perSecond: number, rateLimited = 0) => ({
  name,
  perSecond,
  passed: 1_000 - rateLimited,
  rateLimited,
})

const measured = (...limits: LimitMeasurement['limits']): LimitMeasurement => ({
  status: 'completed',
  seconds: 70,
  limits,
})

it('unlimitedRunProblems accepts 85 % use of the busiest API and 5 % rate limited requests', () => {
  const fine = measured(limit('catalog', 7), limit('logistics', 42.5, 50))
  expect(unlimitedRunProblems(50, fine)).toEqual([])
})

it('unlimitedRunProblems reports an export below 85 % of the limit', () => {
  expect(unlimitedRunProblems(50, measured(limit('host', 42.4)))).toEqual([
    '42.4 requests/s: expected 42.5 at least',
  ])
})

it('unlimitedRunProblems reports an API that rate limited more than 5 %', () => {
  const problems = unlimitedRunProblems(
    50,
    measured(limit('catalog', 45, 51), limit('logistics', 45))
  )
  expect(problems).toEqual(['catalog rate limited more than 5 % of the requests'])
})

it('limitedRunProblems reports each rate limited request', () => {
  expect(limitedRunProblems(measured(limit('catalog', 40)))).toEqual([])
  expect(limitedRunProblems(measured(limit('catalog', 40), limit('logistics', 40, 1)))).toEqual([
    'below the limit, logistics rate limited 1 requests: expected none',
  ])
})

it('both functions report an export that did not complete', () => {
  const failed: LimitMeasurement = { ...measured(limit('host', 50)), status: 'failed' }
  expect(unlimitedRunProblems(50, failed)).toEqual(['the export is failed: expected completed'])
  expect(limitedRunProblems(failed)).toEqual(['the export is failed: expected completed'])
})

it('limitSummary prints the rate and the rate limited share of each API', () => {
  expect(limitSummary('At 50', measured(limit('host', 43.21, 20)))).toBe(
    'At 50: completed after 70 s\n' +
      '  host: 43.2 requests/s while reading, 20 of 1,000 rate limited (2.00 %)'
  )
})
