import type { Measured } from './limit'
import { boundedComplaints, learningComplaints, limitLines } from './limit-verdict'

const limit = (name: string, perSecond: number, refused = 0) => ({
  name,
  perSecond,
  passed: 1_000 - refused,
  refused,
})

const measured = (...limits: Measured['limits']): Measured => ({
  status: 'completed',
  seconds: 70,
  limits,
})

it('is content when the busiest API is used to 85 % and each refuses 5 % at most', () => {
  const fine = measured(limit('catalog', 7), limit('logistics', 42.5, 50))
  expect(learningComplaints(50, fine)).toEqual([])
})

it('complains of an export that is slower than VTEX allows', () => {
  expect(learningComplaints(50, measured(limit('host', 42.4)))).toEqual([
    '42.4 requests/s: expected 42.5 at least',
  ])
})

it('complains of an API that refused more than 5 %', () => {
  const said = learningComplaints(50, measured(limit('catalog', 45, 51), limit('logistics', 45)))
  expect(said).toEqual(['catalog refused more than 5 %'])
})

it('complains of any refusal of an export that is told to stay below the limit', () => {
  expect(boundedComplaints(measured(limit('catalog', 40)))).toEqual([])
  expect(boundedComplaints(measured(limit('catalog', 40), limit('logistics', 40, 1)))).toEqual([
    'below the limit, logistics refused 1 requests: expected none',
  ])
})

it('complains of an export that did not complete', () => {
  const failed: Measured = { ...measured(limit('host', 50)), status: 'failed' }
  expect(learningComplaints(50, failed)).toEqual(['the export is failed: expected completed'])
  expect(boundedComplaints(failed)).toEqual(['the export is failed: expected completed'])
})

it('says how fast each API was read and what share it refused', () => {
  expect(limitLines('At 50', measured(limit('host', 43.21, 20)))).toBe(
    'At 50: completed after 70 s\n' +
      '  host: 43.2 requests/s while reading, 20 of 1,000 refused (2.00 %)'
  )
})
