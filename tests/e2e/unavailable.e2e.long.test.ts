import { SENDING_MS } from '../../node/common/sendWithRetry'
import type { FaultRule } from '../../sandbox/platform'
import { COMMERCE_HOST } from '../../sandbox/world/commerce/api/listener'
import { App } from './support/app'
import { until } from './support/eventually'
import { cacheable, errorOf, statusesSeen } from './support/expectations'
import { ROUTES } from './support/routes'

let app: App

beforeAll(async () => {
  app = await App.start({ skus: 40 })
  await app.exported()
})

afterAll(() => app.stop())

afterEach(async () => {
  app.platform.faults.clear()
  Object.assign(app.platform.courier.behaviour, { down: false, delay: 0 })
  await untilItAnswers()
})

const idsOf = async () => (await app.reports()).map(({ exportId }) => exportId)

/** What was read of the settings, or that they could not be read, is remembered for a moment. */
const untilItAnswers = () =>
  until('an answer', async () => (await app.send('GET', 'exports')).status === 200)

/** Each route answers 503 now, and afterwards nothing tells of an export. */
async function expectNothingAccepted(before: readonly string[]) {
  const answers = await Promise.all(ROUTES.map((route) => app.post(route)))
  app.platform.faults.clear()
  app.platform.courier.behaviour.down = false
  expect(answers.map(({ status }) => status)).toEqual(ROUTES.map(() => 503))
  for (const answer of answers) {
    expect(errorOf(answer).message).toBeTruthy()
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(answer.headers['x-export-id']).toBeUndefined()
  }
  await untilItAnswers()
  await app.idle()
  expect(await idsOf()).toEqual(before)
  expect(await app.platform.vbase.files('exports')).toEqual([])
}

describe('POST routes', () => {
  it.each<[string, Omit<FaultRule, 'upstream'>]>([
    ['answer 500', { kind: 'status', status: 500 }],
    ['answer an empty body', { kind: 'empty' }],
    ['answer half a document', { kind: 'malformed' }],
  ])('respond 503, never 401, and accept nothing if the settings %s', async (_, fault) => {
    const before = await idsOf()
    app.platform.faults.add({ upstream: 'apps', ...fault })
    await app.readSettingsAnew()
    await expectNothingAccepted(before)
  })

  it.each<[string, Omit<FaultRule, 'upstream'>]>([
    ['answers 500', { kind: 'status', status: 500 }],
    ['breaks off', { kind: 'reset' }],
    ['refuses to save', { kind: 'status', status: 503, method: 'PUT' }],
    ['saves, and its answer is lost', { kind: 'reset', method: 'PUT', after: true }],
    ['answers a page', { kind: 'status', status: 200, method: 'GET', body: '<html>' }],
  ])('respond 503 and accept nothing if VBase %s', async (_, fault) => {
    const before = await idsOf()
    app.platform.faults.add({ upstream: 'vbase', ...fault })
    await expectNothingAccepted(before)
  })

  it.each<[string, FaultRule | undefined]>([
    ['is down', undefined],
    ['breaks off', { upstream: 'courier', kind: 'reset' }],
    ['refuses the event', { upstream: 'courier', kind: 'status', status: 403 }],
    [
      'takes the event, and its answer is lost',
      { upstream: 'courier', kind: 'reset', after: true },
    ],
  ])('respond 503 and accept nothing if courier %s', async (_, fault) => {
    const before = await idsOf()
    // An event that was taken comes after its export was withdrawn: what ends before was accepted.
    app.platform.courier.behaviour.delay = SENDING_MS + 1_000
    if (fault) app.platform.faults.add(fault)
    else app.platform.courier.behaviour.down = true
    await expectNothingAccepted(before)
  })
})

it('the report routes respond 503 while VBase is down, and work again afterwards', async () => {
  const before = await idsOf()
  app.platform.faults.add({ upstream: 'vbase', kind: 'status', status: 500 })
  const [newest = ''] = before
  const answers = await Promise.all([
    app.send('GET', 'exports'),
    app.send('GET', `exports/${newest}`),
    app.send('DELETE', `exports/${newest}`),
  ])
  app.platform.faults.clear()
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503])
  expect(answers.map((answer) => errorOf(answer).code)).toEqual(Array(3).fill('state_unavailable'))
  expect(await idsOf()).toEqual(before)
})

it.each<[string, FaultRule]>([
  ['VBase answered 500', { upstream: 'vbase', kind: 'status', status: 500, times: 12 }],
  ['VBase answered pages', { upstream: 'vbase', kind: 'malformed', method: 'GET', times: 12 }],
  ['courier was gone', { upstream: 'courier', kind: 'reset', times: 3 }],
  ['the settings were gone', { upstream: 'apps', kind: 'reset', times: 1 }],
])('POST /export completes though %s while it was worked on', async (_, fault) => {
  app.platform.courier.behaviour.delay = 1_000
  app.platform.faults.add({ upstream: COMMERCE_HOST, kind: 'latency', ms: 500 })
  const id = await app.accepted()
  app.platform.courier.behaviour.delay = 0
  if (fault.upstream === 'apps') await app.readSettingsAnew()
  app.platform.faults.add(fault)
  // A run that takes over from a dead one hands over to a fresh event.
  if (fault.upstream === 'courier') await endsAtWork(id)
  await until('the fault', () => app.platform.faults.list().every(({ injected }) => injected > 0))
  expect((await app.ended(id)).status).toBe('completed')
})

async function endsAtWork(id: string) {
  await until('a plan', async () => (await app.platform.vbase.files('plans', id)).length > 0)
  await app.restartWorkers()
}

it('all responses forbid caching', () => {
  expect(statusesSeen(app)).toEqual([200, 503])
  expect(cacheable(app)).toEqual([])
})
