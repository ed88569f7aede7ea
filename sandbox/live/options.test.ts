import { UsageError } from '../cli/options'
import { readLiveOptions } from './options'

it('readLiveOptions returns a default for everything but the account', () => {
  expect(readLiveOptions(['--account', 'my-store1'])).toEqual({
    account: 'my-store1',
    perMinute: 600,
    deliver: false,
    fresh: false,
  })
})

it('reads each option', () => {
  const text =
    '--account a --per-minute 30 --settings s.json --deliver --fresh --state d --ca c.pem'
  expect(readLiveOptions([...text.split(' '), '--connect-to', 'proxy.example:8443'])).toEqual({
    account: 'a',
    perMinute: 30,
    settings: 's.json',
    deliver: true,
    fresh: true,
    state: 'd',
    ca: 'c.pem',
    connectTo: { host: 'proxy.example', port: 8443 },
  })
})

it('answers nothing where help is asked for', () => {
  expect(readLiveOptions(['--help'])).toBeUndefined()
})

it.each([
  ['', '--account: expected'],
  ['--account', 'Unknown arguments'],
  ['--account my.store', '--account: expected'],
  ['--account evil.example/', '--account: expected'],
  ['--account a@b', '--account: expected'],
  ['--account -a', 'Unknown arguments'],
  ['--account A', '--account: expected'],
  ['--account a --per-minute 0', '--per-minute 0: expected'],
  ['--account a --per-minute 60001', '--per-minute 60001: expected'],
  ['--account a --deliver', '--deliver: expected --settings'],
  ['--account a --connect-to a', '--connect-to: expected'],
  ['--account a --connect-to a:70000', '--connect-to: expected'],
  ['--account a extra', 'Unknown arguments'],
])('refuses %j', (text, message) => {
  const read = () => readLiveOptions(text.split(' ').filter(Boolean))
  expect(read).toThrow(UsageError)
  expect(read).toThrow(message)
})

it('repeats no argument that it does not know, which could be the key', () => {
  for (const args of [['--key', 'secret'], ['secret'], ['--secret'], ['--fresh=secret']]) {
    expect(() => readLiveOptions(['--account', 'a', ...args])).toThrow(UsageError)
    expect(() => readLiveOptions(['--account', 'a', ...args])).not.toThrow('secret')
  }
})
