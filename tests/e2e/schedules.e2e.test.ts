import { name, vendor } from '../../manifest.json'
import { TOKEN } from '../../sandbox/sandbox'
import type { App } from './support/app'
import { until } from './support/eventually'
import { finderOf, leaksIn } from './support/leaks'
import { FULL, Scheduled, SELDOM, UPDATE } from './support/scheduled'

const SECRETS = { new: 'rotated-S3cret/+@', newer: 'leaked-S3cret/+@' }
const ORIGIN = 'https://master--sandbox.myvtex.com/_v/intershop/stock'

let scheduled: Scheduled
let app: App

beforeAll(async () => {
  scheduled = await Scheduled.start()
  app = scheduled.app
})

afterAll(() => app.stop())

describe('schedules', () => {
  it('get registered with the token at installation, before any request', async () => {
    await until('two entries', () => scheduled.entries().length === 2)
    const headers = {
      ...{ token: TOKEN, 'content-type': 'application/json' },
      'x-intershop-trigger': 'schedule',
    }
    const common = { method: 'POST', headers, body: {} }
    const endDate = '2099-12-31T23:59:00'
    const retry = {
      delay: { addMinutes: 1, addHours: 0, addDays: 0 },
      times: 1,
      backOffRate: 1,
    }
    expect(scheduled.entries()).toEqual([
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
      Array(2).fill(`${vendor}.${name}`)
    )
  })

  it.each([
    [UPDATE, 'update'],
    [FULL, 'export'],
  ])('call the app: %s starts an export', async (id, route) => {
    expect(await scheduled.run(id)).toBe(200)
    const [latest] = await app.reports()
    expect(latest?.route).toBe(route)
    expect((await app.ended(latest?.exportId ?? '')).status).toBe('completed')
  })

  it('follow the settings, and GET /exports shows them', async () => {
    await scheduled.configure({ updateSchedule: ' 1  0 1 1 * ' })
    expect(await app.schedules()).toEqual({
      update: { status: 'registered', expression: '1 0 1 1 *' },
      full: { status: 'registered', expression: SELDOM.fullSchedule },
    })
    expect(scheduled.expressions()).toEqual({ [UPDATE]: '1 0 1 1 *', [FULL]: SELDOM.fullSchedule })
  })

  it('use their defaults while they were never saved', async () => {
    await scheduled.configure({ updateSchedule: undefined, fullSchedule: undefined })
    await scheduled.anyRequest()
    expect(scheduled.expressions()).toEqual({ [UPDATE]: '*/5 * * * *', [FULL]: '0 3 * * *' })
  })

  it('disappear one by one as they are cleared', async () => {
    await scheduled.configure({ updateSchedule: '' })
    expect((await app.schedules()).update).toEqual({ status: 'none' })
    expect(scheduled.expressions()).toEqual({ [FULL]: SELDOM.fullSchedule })
    await scheduled.configure({ updateSchedule: '', fullSchedule: ' ' })
    await scheduled.anyRequest()
    expect(scheduled.expressions()).toEqual({})
    await scheduled.configure({})
    await scheduled.anyRequest()
    expect(scheduled.expressions()).toEqual({
      [UPDATE]: SELDOM.updateSchedule,
      [FULL]: SELDOM.fullSchedule,
    })
  })

  it('disappear without a token, though that request gets 401', async () => {
    await scheduled.configure({ token: '' })
    expect((await scheduled.anyRequest()).status).toBe(401)
    expect(scheduled.expressions()).toEqual({})
    await scheduled.configure({})
    expect((await scheduled.anyRequest()).status).toBe(200)
    expect(scheduled.tokens()).toEqual([TOKEN, TOKEN])
  })

  it('follow the settings at the next stock change if nobody calls', async () => {
    await scheduled.configure({ fullSchedule: '45 0 1 1 *' })
    app.commerce.addSku()
    await until('the other expression', () => scheduled.expressions()[FULL] === '45 0 1 1 *')
  })
})

describe('schedules after a change of the token', () => {
  it('call on without a gap while the previous token is accepted', async () => {
    await scheduled.configure({ token: SECRETS.new, previousToken: TOKEN })
    expect(await scheduled.run(UPDATE)).toBe(200)
    expect(scheduled.tokens()).toEqual([SECRETS.new, SECRETS.new])
    expect(await scheduled.run(UPDATE)).toBe(200)
  })

  it('get one 401 without a previous token, and then call with the new one', async () => {
    await scheduled.configure({ token: SECRETS.newer })
    expect(scheduled.tokens()).not.toContain(SECRETS.newer)
    expect(await scheduled.run(UPDATE)).toBe(401)
    expect(scheduled.tokens()).toEqual([SECRETS.newer, SECRETS.newer])
    expect(await scheduled.run(UPDATE)).toBe(200)
  })

  it('show no token in responses, documents or the log', async () => {
    const find = finderOf([...Object.values(SECRETS), TOKEN])
    const files = await app.written()
    expect(files.length).toBeGreaterThan(0)
    expect(leaksIn(find, app.answers, files)).toEqual([])
  })
})
