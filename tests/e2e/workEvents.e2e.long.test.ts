import { setTimeout as sleep } from 'timers/promises'
import { App } from './support/app'
import { eventually, until } from './support/eventually'

const REPLICAS = 2
/** Far more than a full export of a few SKUs may let pass. */
const MOST_UPDATES = 30
/** Longer than a run takes on new steps. */
const POLLED_SECONDS = 25
const TOPIC = 'intershop-stock.work'

let app: App

beforeAll(async () => {
  app = await App.start({ skus: 40, replicas: REPLICAS })
})

afterAll(() => app.stop())

afterEach(() => {
  app.intershop.sftp.faults.refuse = false
})

const workEvents = () =>
  app.platform.courier.pending().filter(({ topic }) => topic === TOPIC).length

/** Exports that nobody has planned yet, besides one. */
async function waiting(but: string): Promise<number> {
  const plans = await app.platform.vbase.files('plans')
  const open = await app.platform.vbase.files('exports')
  return open.filter((id) => id !== but && !plans.some((name) => name.startsWith(id))).length
}

it('GET /exports/:exportId causes no work events, however often it is called', async () => {
  app.intershop.sftp.faults.refuse = true
  const id = await app.accepted()
  await until('a plan', async () => (await app.platform.vbase.files('plans', id)).length > 0)
  const { accepted, redelivered } = app.platform.courier.counts
  for (let second = 0; second < POLLED_SECONDS; second++) {
    await app.report(id)
    await app.reports()
    expect(workEvents()).toBeLessThanOrEqual(REPLICAS + 1)
    await sleep(1_000)
  }
  const { counts } = app.platform.courier
  // A run asks for the next one; and who asks between two runs finds nobody at work.
  expect(counts.accepted - accepted).toBeLessThanOrEqual(3)
  expect(counts.redelivered).toBe(redelivered)
  app.intershop.sftp.faults.refuse = false
  expect((await app.ended(id)).status).toBe('completed')
})

it('POST routes leave at most one work event more than workers while one works', async () => {
  app.intershop.sftp.faults.refuse = true
  const id = await app.accepted('export/start/2')
  await until('a failed delivery', async () => {
    return (await app.platform.vbase.files('attempts')).length > 0
  })
  const ids = [id]
  for (let posted = 0; posted < 10; posted++) ids.push(await app.accepted('update'))
  await until('the events to be acknowledged', () => workEvents() <= REPLICAS + 1)
  expect(workEvents()).toBeGreaterThan(0)
  expect((await app.report(id)).endedAt).toBeUndefined()
  app.intershop.sftp.faults.refuse = false
  for (const each of ids) expect((await app.ended(each)).status).toBe('completed')
})

it('POST /export completes though updates without changes are queued all the time', async () => {
  await app.exported('update')
  expect((await app.exported('update')).skus.planned).toBe(0)
  await app.accepted('update')
  const full = await app.accepted()
  let updates = 0
  await eventually(
    'the end of the full export',
    async () => {
      if ((await app.platform.vbase.files('ended')).some((name) => name.endsWith(full))) return true
      if (updates < MOST_UPDATES && (await waiting(full)) === 0) {
        await app.accepted('update')
        updates++
      }
      return updates < MOST_UPDATES ? undefined : 'too many updates'
    },
    { atMost: 120_000, every: 50 }
  )
  expect(updates).toBeLessThan(MOST_UPDATES)
  expect((await app.report(full)).status).toBe('completed')
})
