import type { FaultRule } from '../../sandbox/platform'
import { TOKEN } from '../../sandbox/sandbox'
import { App } from './support/app'
import { eventually, until } from './support/eventually'
import { finderOf, leaksIn } from './support/leaks'

const UPDATE = 'intershop-stock-update'
const FULL = 'intershop-stock-full'
/** Never while a test runs: calls are made by hand. */
const SELDOM = { updateSchedule: '0 0 1 1 *', fullSchedule: '30 0 1 1 *' }
const SECRETS = { new: 'rotated-S3cret/+@', newer: 'leaked-S3cret/+@' }
const ORIGIN = 'https://master--sandbox.myvtex.com/_v/intershop/stock'

let app: App

beforeAll(async () => {
  app = await App.start({ skus: 12, settings: SELDOM })
})

afterAll(() => app.stop())

afterEach(async () => {
  app.platform.faults.clear()
  await app.idle()
})

const entries = () =>
  app.platform.scheduler
    .list()
    .map(({ entry }) => entry)
    .sort((a, b) => (a.id > b.id ? -1 : 1))

/** What VTEX's scheduler is to do, by the ids of its entries. */
const expressions = () =>
  Object.fromEntries(entries().map(({ id, scheduler }) => [id, scheduler.expression]))

const tokens = () => entries().map(({ request }) => request.headers?.token)

const callsToTheScheduler = () => app.platform.requests.total('scheduler')

/** Makes an entry's call now; answers the app's status. */
async function calledByTheScheduler(id: string): Promise<number | undefined> {
  const found = app.platform.scheduler.list().find(({ entry }) => entry.id === id)
  if (!found) throw new Error(`there is no entry ${id}`)
  return (await app.platform.scheduler.run(found)).status
}

/** Any request at all, refused or not. */
const anyRequest = (token: string | null = TOKEN) => app.send('GET', 'exports', { token })

/** Saves settings, and lets nobody but a first request tell the app's new workers. */
async function configured(changes: Record<string, unknown>) {
  await app.idle()
  await app.configure(changes)
}

describe('the schedules', () => {
  it('are there after the installation, before anybody called, with the token', async () => {
    await until('two entries', () => entries().length === 2)
    const headers = { token: TOKEN, 'content-type': 'application/json' }
    const common = { method: 'POST', headers, body: {} }
    const endDate = '2099-12-31T23:59:00'
    const retry = {
      delay: { addMinutes: 1, addHours: 0, addDays: 0 },
      times: 1,
      backOffRate: 1,
    }
    expect(entries()).toEqual([
      {
        id: UPDATE,
        scheduler: { expression: SELDOM.updateSchedule, endDate },
        request: { uri: `${ORIGIN}/update`, ...common },
        retry,
      },
      {
        id: FULL,
        scheduler: { expression: SELDOM.fullSchedule, endDate },
        request: { uri: `${ORIGIN}/export`, ...common },
        retry,
      },
    ])
    expect(app.platform.scheduler.list().map((each) => each.app)).toEqual(
      Array(2).fill('elefantqa2.intershop-integration')
    )
  })

  it.each([
    [UPDATE, 'update'],
    [FULL, 'export'],
  ])('really call: %s starts an export', async (id, route) => {
    expect(await calledByTheScheduler(id)).toBe(200)
    const [latest] = await app.reports()
    expect(latest?.route).toBe(route)
    expect((await app.ended(latest?.exportId ?? '')).status).toBe('completed')
  })

  it('change with the settings, and people are told of them', async () => {
    await configured({ updateSchedule: ' 1  0 1 1 * ' })
    expect(await app.schedules()).toEqual({
      update: { status: 'registered', expression: '1 0 1 1 *' },
      full: { status: 'registered', expression: SELDOM.fullSchedule },
    })
    expect(expressions()).toEqual({ [UPDATE]: '1 0 1 1 *', [FULL]: SELDOM.fullSchedule })
  })

  it('have their defaults where they were never saved', async () => {
    await configured({ updateSchedule: undefined, fullSchedule: undefined })
    await anyRequest()
    expect(expressions()).toEqual({ [UPDATE]: '*/5 * * * *', [FULL]: '0 3 * * *' })
  })

  it('disappear one by one as they are emptied', async () => {
    await configured({ updateSchedule: '' })
    expect((await app.schedules()).update).toEqual({ status: 'none' })
    expect(expressions()).toEqual({ [FULL]: SELDOM.fullSchedule })
    await configured({ updateSchedule: '', fullSchedule: ' ' })
    await anyRequest()
    expect(expressions()).toEqual({})
    await configured({})
    await anyRequest()
    expect(expressions()).toEqual({ [UPDATE]: SELDOM.updateSchedule, [FULL]: SELDOM.fullSchedule })
  })

  it('disappear when there is no token, though that request is refused', async () => {
    await configured({ token: '' })
    expect((await anyRequest()).status).toBe(401)
    expect(expressions()).toEqual({})
    await configured({})
    expect((await anyRequest()).status).toBe(200)
    expect(tokens()).toEqual([TOKEN, TOKEN])
  })

  it('change by the next change of stock, where nobody calls', async () => {
    await configured({ fullSchedule: '45 0 1 1 *' })
    app.commerce.addSku()
    await until('the other expression', () => expressions()[FULL] === '45 0 1 1 *')
  })
})

describe('when the token is changed', () => {
  it('with the one before it still open, the schedule goes on without a gap', async () => {
    await configured({ token: SECRETS.new, previousToken: TOKEN })
    expect(await calledByTheScheduler(UPDATE)).toBe(200)
    expect(tokens()).toEqual([SECRETS.new, SECRETS.new])
    expect(await calledByTheScheduler(UPDATE)).toBe(200)
  })

  it('at once, the call with the old one is refused, and the next one gets through', async () => {
    await configured({ token: SECRETS.newer })
    expect(tokens()).not.toContain(SECRETS.newer)
    expect(await calledByTheScheduler(UPDATE)).toBe(401)
    expect(tokens()).toEqual([SECRETS.newer, SECRETS.newer])
    expect(await calledByTheScheduler(UPDATE)).toBe(200)
  })

  it('none of them is in an answer, a document or the log', async () => {
    const find = finderOf([...Object.values(SECRETS), TOKEN])
    const files = await app.written()
    expect(files.some(({ path }) => path.includes('/vbase/schedules/'))).toBe(true)
    expect(leaksIn(find, app.answers, files)).toEqual([])
  })
})

describe('a schedule that is no cron expression', () => {
  it('is not registered and told of by name, the other one is, and exports run', async () => {
    await configured({})
    await anyRequest()
    await configured({ updateSchedule: '*/5 * * * * *' })
    const problem = 'updateSchedule: expected five cron fields such as */5 * * * *, or nothing'
    expect(await app.schedules()).toEqual({
      update: { status: 'invalid', problem },
      full: { status: 'registered', expression: SELDOM.fullSchedule },
    })
    expect(expressions()).toEqual({ [FULL]: SELDOM.fullSchedule })
    expect((await app.exported()).status).toBe('completed')
    await app.restartWorkers()
    await anyRequest()
    const told = (await app.log()).split('\n').filter((line) => line.includes('schedule.invalid'))
    expect(told).toHaveLength(1)
    expect(told[0]).toContain(problem)
  })
})

describe('the scheduler is called', () => {
  beforeEach(async () => {
    await configured({})
    await anyRequest()
    app.platform.requests.reset()
  })

  it('a few times for a change, and not at all for none, whatever the number of requests', async () => {
    const flood = () => Promise.all(Array.from({ length: 50 }, () => anyRequest()))
    await flood()
    expect(callsToTheScheduler()).toBe(0)
    await app.restartWorkers()
    await flood()
    expect(callsToTheScheduler()).toBe(0)
    await configured({ updateSchedule: '2 0 1 1 *' })
    await flood()
    expect(expressions()[UPDATE]).toBe('2 0 1 1 *')
    expect(callsToTheScheduler()).toBe(2)
  })

  it.each<'to' | 'id'>(['to', 'id'])(
    'when the app is installed (%s), and not when another is',
    async (shape) => {
      await app.platform.install('vtex.search@1.2.3', shape)
      await app.platform.install('elefantqa2.intershop-integration-more@0.7.0', shape)
      await app.idle()
      expect(callsToTheScheduler()).toBe(0)
      await app.platform.install(undefined, shape)
      await app.idle()
      expect(callsToTheScheduler()).toBe(2)
    }
  )

  it.each<[string, Omit<FaultRule, 'upstream'>]>([
    ['answers 500', { kind: 'status', status: 500 }],
    ['refuses', { kind: 'status', status: 403 }],
    ['never answers', { kind: 'timeout' }],
  ])('in vain while it %s: requests are answered, and it learns later', async (_, fault) => {
    await configured({ updateSchedule: '3 0 1 1 *' })
    app.platform.faults.add({ upstream: 'scheduler', ...fault })
    const statuses: number[] = []
    for (let request = 0; request < 20; request++) statuses.push((await anyRequest()).status)
    statuses.push((await app.post('update')).status)
    expect(statuses).toEqual(Array(21).fill(200))
    expect(callsToTheScheduler()).toBeLessThanOrEqual(2)
    expect((await app.schedules()).update).toEqual({
      status: 'notRegistered',
      expression: '3 0 1 1 *',
    })
    app.platform.faults.clear()
    await app.restartWorkers()
    const state = await eventually('the entries', async () => {
      const { update } = await app.schedules()
      return update.status === 'registered' ? update : undefined
    })
    expect(expressions()[UPDATE]).toBe(state.expression)
  })
})
