import { readOptions, UsageError } from './options'

it('readOptions has a default for each option', () => {
  expect(readOptions([])).toEqual({
    help: false,
    exit: false,
    fresh: false,
    skus: 2000,
    seed: 1,
    latency: 0,
    replicas: 1,
    centra: true,
    delivery: 'icm-sftp',
    minutes: 2,
  })
})

it('readOptions parses every option', () => {
  const text =
    '--exit --fresh --skus 50000 --seed 7 --latency=20 --replicas 2 --port 0 --faults chaos --worker-memory 96 --kill-every 1.5 --traffic 20 --minutes 0.5 --centra on --delivery iom-sftp'
  expect(readOptions(text.split(' '))).toEqual({
    help: false,
    exit: true,
    fresh: true,
    skus: 50_000,
    seed: 7,
    latency: 20,
    replicas: 2,
    port: 0,
    faults: 'chaos',
    centra: true,
    delivery: 'iom-sftp',
    workerMemory: 96,
    killEvery: 1.5,
    traffic: 20,
    minutes: 0.5,
  })
})

it.each([
  ['--skus 0', '--skus 0: expected a whole number from 1 to'],
  ['--skus 1e3', '--skus 1e3: expected a whole number'],
  ['--latency -5', 'expected'],
  ['--port 70000', '--port 70000: expected a whole number from 0 to 65535'],
  ['--kill-every 0', '--kill-every 0: expected a number from 0.1'],
  ['--traffic 0', '--traffic 0: expected a number from 0.1 to 1000'],
  ['--minutes soon', '--minutes soon: expected a number from 0.1'],
  ['--centra maybe', '--centra maybe: expected on or off'],
  ['--delivery mail', '--delivery mail: expected one of icm-sftp, iom-sftp, icm-rest'],
  ['--faults rain', '--faults rain: expected one of chaos,'],
  ['--sku 5', "Unknown option '--sku'"],
  ['--skus', '--skus'],
  ['export', 'export'],
])('readOptions rejects %s and says what was expected', (text, message) => {
  expect(() => readOptions(text.split(' '))).toThrow(UsageError)
  expect(() => readOptions(text.split(' '))).toThrow(message)
})
