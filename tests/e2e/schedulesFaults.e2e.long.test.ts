import type { FaultRule } from '../../sandbox/platform'
import type { App } from './support/app'
import { eventually } from './support/eventually'
import { FULL, Scheduled, SELDOM, UPDATE } from './support/scheduled'

let scheduled: Scheduled
let app: App

beforeAll(async () => {
  scheduled = await Scheduled.start()
  app = scheduled.app
})

afterAll(() => app.stop())

afterEach(() => app.platform.faults.clear())

describe('an invalid schedule', () => {
  it('gets reported by its name and not registered, while the other one and exports work', async () => {
    await scheduled.configure({})
    await scheduled.anyRequest()
    await scheduled.configure({ updateSchedule: '*/5 * * * * *' })
    const problem = 'updateSchedule: expected five cron fields such as */5 * * * *, or nothing'
    expect(await app.schedules()).toEqual({
      update: { status: 'invalid', problem },
      full: { status: 'registered', expression: SELDOM.fullSchedule },
    })
    expect(scheduled.expressions()).toEqual({ [FULL]: SELDOM.fullSchedule })
    expect((await app.exported()).status).toBe('completed')
    await scheduled.anyRequest()
    const told = (await app.log()).split('\n').filter((line) => line.includes('schedule.invalid'))
    expect(told).toHaveLength(1)
    expect(told[0]).toContain(problem)
  })
})

describe('the scheduler', () => {
  beforeEach(async () => {
    await scheduled.configure({})
    await scheduled.anyRequest()
    app.platform.requests.reset()
  })

  it('gets one request for a change and one from a new process, whatever else is requested', async () => {
    const flood = () => Promise.all(Array.from({ length: 50 }, () => scheduled.anyRequest()))
    await flood()
    expect(scheduled.calls()).toBe(0)
    await scheduled.configure({ updateSchedule: '2 0 1 1 *' })
    await flood()
    expect(scheduled.expressions()[UPDATE]).toBe('2 0 1 1 *')
    expect(scheduled.calls()).toBe(2)
    await app.restartWorkers()
    await flood()
    expect(scheduled.calls()).toBe(4)
  })

  it.each<'to' | 'id'>(['to', 'id'])(
    'gets requests when this app is installed (%s), and not for another app',
    async (shape) => {
      await app.platform.install('vtex.search@1.2.3', shape)
      await app.platform.install('elefantqa2.intershop-integration-more@0.7.0', shape)
      await app.idle()
      expect(scheduled.calls()).toBe(0)
      await app.platform.install(undefined, shape)
      await app.idle()
      expect(scheduled.calls()).toBe(2)
    }
  )

  it.each<[string, Omit<FaultRule, 'upstream'>]>([
    ['answers 500', { kind: 'status', status: 500 }],
    ['refuses', { kind: 'status', status: 403 }],
    ['never answers', { kind: 'timeout' }],
  ])('delays no response while it %s, and learns the schedule later', async (_, fault) => {
    await scheduled.configure({ updateSchedule: '3 0 1 1 *' })
    app.platform.faults.add({ upstream: 'scheduler', ...fault })
    const statuses: number[] = []
    for (let request = 0; request < 20; request++)
      statuses.push((await scheduled.anyRequest()).status)
    statuses.push((await app.post('update')).status)
    expect(statuses).toEqual(Array(21).fill(200))
    // Two entries, once for all these requests, each with its retries.
    expect(scheduled.calls()).toBeLessThanOrEqual(2 * 6)
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
    expect(scheduled.expressions()[UPDATE]).toBe(state.expression)
  })
})
