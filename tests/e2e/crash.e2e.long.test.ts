import { setTimeout as sleep } from 'timers/promises'

import { COMMERCE_HOST } from '../../sandbox/world/commerce/api/listener'
import { App } from './support/app'
import { until } from './support/eventually'

const SKUS = 300
/** A test ends by itself, also on a machine too slow for workers to get anywhere in five seconds. */
const MOST_KILLS = 20
const KILL_EVERY_MS = 5_000
/** Of VTEX's answers: an export takes longer than from one death to the next. */
const SLOW_MS = 500
/** Workers that come and go take most of a small machine's time. */
const TIMEOUT = { atMost: 280_000, every: 500 }
jest.setTimeout(320_000)
// Where processes die by the dozen, ports, folders and time run short occasionally; what failed is printed.
jest.retryTimes(2, { logErrorsBeforeRetry: true })

let app: App

beforeEach(async () => {
  app = await App.start({ skus: SKUS, replicas: 2, standby: true, latency: 5 })
})

afterEach(() => app.stop())

async function expectAsWithoutCrash(exportId: string) {
  const report = await app.ended(exportId, TIMEOUT)
  expect(report.status).toBe('completed')
  expect(report.skus).toEqual({ planned: SKUS, read: SKUS, remaining: 0 })
  expect(report.offers.failed).toBe(0)
  await app.intershop.idle()
  expect((await app.intershop.files()).error).toEqual([])
  const comparison = await app.sandbox.compare()
  expect(comparison).toMatchObject({ differing: 0, missing: 0, surplus: 0 })
}

const untilDelivered = (exportId: string, parts: number) =>
  until('a first delivery', async () => {
    const names = await app.platform.vbase.files('receipts')
    return (
      names.filter((name) => name.includes(exportId) && name.endsWith('state=committed')).length >=
      parts
    )
  })

it('POST /export completes though a worker is killed every five seconds', async () => {
  const { replicas, faults } = app.platform
  faults.add({ upstream: COMMERCE_HOST, kind: 'latency', ms: SLOW_MS })
  const id = await app.accepted()
  let kills = 0
  let over = false
  const killing = (async () => {
    while (!over && kills < MOST_KILLS) {
      await sleep(KILL_EVERY_MS)
      // On a busy machine a worker may take longer to start: only one that lives can be killed.
      await replicas.allUp()
      replicas.kill(kills++ % replicas.count)
    }
  })()
  await app.ended(id, TIMEOUT).finally(() => {
    over = true
  })
  await killing
  expect(kills).toBeGreaterThan(1)
  await expectAsWithoutCrash(id)
})

it('POST /export completes though all workers are killed at once, again and again', async () => {
  const id = await app.accepted()
  await until('a plan', async () => (await app.platform.vbase.files('plans', id)).length > 0)
  app.platform.replicas.killAll()
  await untilDelivered(id, 1)
  app.platform.replicas.killAll()
  await expectAsWithoutCrash(id)
})

it('POST /export completes though everything is restarted in the middle of it', async () => {
  const id = await app.accepted()
  const other = await app.accepted('update')
  await untilDelivered(id, 1)
  await app.restart()
  await expectAsWithoutCrash(id)
  expect((await app.ended(other)).status).toBe('completed')
})
