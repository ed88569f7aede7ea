import { endOf, entrySchema, retryDelay } from './entry'

const MINUTE = 60_000
const entry = (retry?: object) =>
  entrySchema.parse({
    id: 'a',
    scheduler: { expression: '* * * * *', endDate: '2099-12-31T23:59:00' },
    request: { uri: 'https://host/path', method: 'POST' },
    retry,
  })

it('endOf parses dates with a time zone, and dates without one as UTC', () => {
  const end = Date.UTC(2099, 11, 31, 23, 59)
  expect(endOf('2099-12-31T23:59:00')).toBe(end)
  expect(endOf('2099-12-31T23:59:00Z')).toBe(end)
  expect(endOf('2100-01-01T01:59:00+02:00')).toBe(end)
})

it('retryDelay grows with each attempt until the attempts are used up', () => {
  const delay = { addMinutes: 5, addHours: 1, addDays: 1 }
  const patient = entry({ delay, times: 2, backOffRate: 1.5 })
  const first = (5 + 60 + 24 * 60) * MINUTE
  expect([1, 2, 3].map((failed) => retryDelay(patient, failed))).toEqual([
    first,
    first * 1.5,
    undefined,
  ])
})

it('retryDelay defaults to one retry after a minute', () => {
  expect([1, 2].map((failed) => retryDelay(entry(), failed))).toEqual([MINUTE, undefined])
})
