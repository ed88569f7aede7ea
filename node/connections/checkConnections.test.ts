import { type Connections, checkConnections } from './checkConnections'

const never = () => new Promise<never>(() => undefined)
const silent = new Proxy({}, { get: () => never })

/** Connections of which none answers. */
const connections = {
  clients: new Proxy({}, { get: () => silent }),
  documents: silent,
  sendEvent: never,
  settings: never,
  publisher: never,
  now: () => Date.now(),
} as unknown as Connections

beforeEach(() => {
  jest.useFakeTimers()
})

afterEach(() => {
  jest.useRealTimers()
})

it('checkConnections ends in less than 25 s where nothing answers, with each check failed or skipped', async () => {
  const checks = checkConnections(connections)
  await jest.advanceTimersByTimeAsync(24_900)
  // Would wait for ever, if it were not done.
  const results = (await Promise.race([checks, Promise.resolve(undefined)])) ?? []
  const skipped = results.filter(({ status }) => status === 'skipped').map(({ name }) => name)
  expect(skipped).toEqual(['centra', 'publisher'])
  const codes = results.flatMap(({ code }) => code ?? [])
  expect(codes).toEqual(Array.from({ length: 13 }, () => 'check_timeout'))
})

it('checkConnections ends in less than 25 s where only the settings can be read', async () => {
  const settings = async () => ({
    centraSellerId: '9',
    sellers: [],
    centraUrl: 'https://a.centra.com',
  })
  const checks = checkConnections({ ...connections, settings } as unknown as Connections)
  await jest.advanceTimersByTimeAsync(24_900)
  const results = (await Promise.race([checks, Promise.resolve(undefined)])) ?? []
  expect(results.map(({ code }) => code ?? 'ok')).toEqual([
    'ok',
    ...Array.from({ length: 14 }, () => 'check_timeout'),
  ])
})
