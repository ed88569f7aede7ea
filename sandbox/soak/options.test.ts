import { UsageError } from '../cli/options'
import { readSoakOptions } from './options'

it('readSoakOptions defaults to a chaos run of five minutes', () => {
  expect(readSoakOptions([])).toEqual({
    help: false,
    minutes: 5,
    skus: undefined,
    seed: 1,
    limit: undefined,
    scope: 'api',
    header: 'retry-after',
    latency: 20,
  })
})

it('readSoakOptions parses every option', () => {
  const text =
    '--minutes 0.2 --skus 60 --seed 7 --limit 50 --limit-scope host --limit-header none --latency 0'
  expect(readSoakOptions(text.split(' '))).toEqual({
    help: false,
    minutes: 0.2,
    skus: 60,
    seed: 7,
    limit: 50,
    scope: 'host',
    header: 'none',
    latency: 0,
  })
})

it.each([
  ['--minutes 0', '--minutes 0: expected a number from 0.05'],
  ['--limit 1e3', '--limit 1e3: expected a whole number from 5'],
  ['--limit-scope all', '--limit-scope all: expected one of host, api'],
  ['--limit-header later', '--limit-header later: expected one of retry-after,'],
  ['--minute 5', "Unknown option '--minute'"],
  ['chaos', 'chaos'],
])('readSoakOptions rejects %s and says what was expected', (text, message) => {
  expect(() => readSoakOptions(text.split(' '))).toThrow(UsageError)
  expect(() => readSoakOptions(text.split(' '))).toThrow(message)
})
