import { BadExpression, nextExecution } from './expression'

const NEW_YEAR = Date.UTC(2026, 0, 1)
const FOR_EVER = Date.UTC(2099, 11, 31)
const next = (expression: string, after = NEW_YEAR, until = FOR_EVER) => {
  const moment = nextExecution(expression, after, until)
  return moment && new Date(moment).toISOString()
}

it.each([
  ['*/5 * * * *', '2026-01-01T00:05:00.000Z'],
  ['0 3 * * *', '2026-01-01T03:00:00.000Z'],
  ['30 12 * * 1-5', '2026-01-01T12:30:00.000Z'],
  ['  0   0 29 2 * ', '2028-02-29T00:00:00.000Z'],
])('nextExecution returns the next minute of %s in UTC', (expression, expected) => {
  expect(next(expression)).toBe(expected)
})

it('nextExecution returns a minute after `after` and none after `until`', () => {
  expect(next('* * * * *', NEW_YEAR + 59_999)).toBe('2026-01-01T00:01:00.000Z')
  expect(next('* * * * *', NEW_YEAR + 60_000)).toBe('2026-01-01T00:02:00.000Z')
  expect(next('0 3 * * *', NEW_YEAR, Date.UTC(2026, 0, 1, 2))).toBeUndefined()
})

it.each([
  ['', 'expected 5 fields, got 1'],
  ['* * * *', 'expected 5 fields, got 4'],
  ['* * * * * *', 'expected 5 fields, got 6'],
  ['@daily', 'expected 5 fields'],
  ['61 * * * *', '61'],
  ['x * * * *', 'x'],
])('nextExecution rejects "%s" and says why', (expression, message) => {
  expect(() => next(expression)).toThrow(BadExpression)
  expect(() => next(expression)).toThrow(message)
})
