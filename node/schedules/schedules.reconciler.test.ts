import { World } from '../../tests/schedules/world'
import { UpstreamError } from '../common/upstreamError'

import { desired, Reconciler, registerSchedules } from './schedules'

const MINUTE = 60_000
const DAY = 86_400_000
const UPDATE = 'intershop-stock-update'
const FULL = 'intershop-stock-full'

const wanted = (saved: object) =>
  desired({ token: 's3cret', ...saved }, { account: 'a', workspace: 'master', production: true })
const STANDARD = wanted({})
const NOTHING = wanted({ token: '' })

let world: World
let reconciler: Reconciler

beforeEach(() => {
  world = new World()
  reconciler = new Reconciler()
})

const keep = (what = STANDARD, by = reconciler) => by.reconcile(what, world.tools)

describe('the schedules', () => {
  it('registers schedules once in each process, without changing equal ones', async () => {
    await Promise.all(Array.from({ length: 50 }, () => keep()))
    const expressions = { [UPDATE]: '*/5 * * * *', [FULL]: '0 3 * * *' }
    expect(world.expressions).toEqual(expressions)
    expect(world.calls).toBe(2)
    await keep(STANDARD, new Reconciler())
    expect(world.calls).toBe(4)
    expect(world.expressions).toEqual(expressions)
  })

  it('registers schedules again for every change, and not for blanks', async () => {
    const bad = { updateSchedule: 'bad' }
    const changes = [{ token: '' }, { token: 'new' }, { updateSchedule: '' }, bad]
    for (const saved of [...changes, { fullSchedule: '' }, { fullSchedule: '1 1 * * *' }, {}]) {
      const before = world.calls
      await keep(wanted(saved))
      expect(world.calls).toBe(before + 2)
    }
    const before = world.calls
    await keep(wanted({ fullSchedule: ' 0  3 * * *' }))
    expect(world.calls).toBe(before)
  })

  it.each([
    ['an expression', { updateSchedule: '*/7 * * * *' }],
    ['the token', { token: 'new' }],
  ])('registers schedules again when %s changes', async (_, saved) => {
    await keep()
    await keep(wanted(saved))
    expect([...world.entries.values()]).toEqual(wanted(saved).entries)
    expect(world.calls).toBe(4)
  })

  it('removes schedules that are empty, and all without a token', async () => {
    await keep()
    await keep(wanted({ fullSchedule: '' }))
    expect(world.expressions).toEqual({ [UPDATE]: '*/5 * * * *' })
    await keep(NOTHING)
    expect(world.expressions).toEqual({})
  })

  it('checks each entry once if there are no schedules', async () => {
    await keep(NOTHING)
    await keep(NOTHING)
    expect(world.calls).toBe(2)
  })

  it('registers schedules again after a day and after an installation', async () => {
    await keep()
    world.entries.clear()
    world.at += DAY - 1
    await keep()
    expect(world.expressions).toEqual({})
    world.at += 1
    await keep()
    expect(world.entries.size).toBe(2)
    world.entries.clear()
    await reconciler.forceReconcile(STANDARD, world.tools)
    expect(world.entries.size).toBe(2)
  })

  it('logs no token', async () => {
    await keep()
    expect(world.lines.join()).not.toContain('s3cret')
  })

  it('registers schedules in the next process after one died meanwhile', async () => {
    await keep()
    world.blocker = new Promise(() => undefined)
    void registerSchedules(wanted({ token: 'new' }), world.tools)
    await new Promise(setImmediate)
    world.blocker = Promise.resolve()
    const before = world.calls
    await keep(STANDARD, new Reconciler())
    expect(world.calls).toBe(before + 2)
  })
})

describe('Reconciler.reconcile with an invalid schedule', () => {
  const BAD = wanted({ updateSchedule: '@daily' })

  it('removes that entry and registers the other one', async () => {
    await keep()
    await keep(BAD)
    expect(world.expressions).toEqual({ [FULL]: '0 3 * * *' })
  })

  it('logs it once in each process, though nothing else changed', async () => {
    await keep(wanted({ updateSchedule: '' }))
    for (let request = 0; request < 3; request++) await keep(BAD)
    const told = world.lines.filter((line) => line.startsWith('error schedule.invalid'))
    expect(told).toEqual([expect.stringContaining('updateSchedule: expected five cron fields')])
    expect(reconciler.stateOf(BAD)).toMatchObject({
      update: { status: 'invalid', problem: expect.stringContaining('updateSchedule') },
      full: { status: 'registered' },
    })
  })
})

describe('Reconciler.reconcile while the scheduler fails', () => {
  const DOWN = new UpstreamError('VTEX scheduler', 'down', 'status 500', 500)

  it('never rejects, and tries again a minute later', async () => {
    world.failing = { [UPDATE]: DOWN, [FULL]: DOWN }
    for (let request = 0; request < 50; request++) await keep()
    expect(world.calls).toBe(2)
    expect(world.lines).toEqual([
      'error schedule.notRegistered {"code":"upstream_down","reason":"VTEX scheduler: status 500"}',
    ])
    expect(reconciler.stateOf(STANDARD).update).toEqual({
      status: 'notRegistered',
      expression: '*/5 * * * *',
    })
    world.failing = {}
    world.at += MINUTE - 1
    await keep()
    expect(world.calls).toBe(2)
    world.at += 1
    await keep()
    expect(world.entries.size).toBe(2)
    expect(reconciler.stateOf(STANDARD).update).toMatchObject({ status: 'registered' })
  })

  it('counts as failing after three minutes of failures, until it succeeds or the settings change', async () => {
    const since = () => reconciler.failingSince(STANDARD)
    const failFor = async (minutes: number) => {
      for (let minute = 0; minute < minutes; minute++) {
        world.at += MINUTE
        await keep()
      }
    }
    expect(since()).toBeUndefined()
    world.failing = { [UPDATE]: DOWN }
    await keep()
    const first = world.at
    await failFor(2)
    // Time that passes without an attempt says nothing.
    world.at += MINUTE
    expect(since()).toBeUndefined()
    await keep()
    expect(since()).toBe(first)
    expect(reconciler.failingSince(wanted({ token: 'new' }))).toBeUndefined()
    world.failing = {}
    await failFor(1)
    expect(since()).toBeUndefined()
    world.failing = { [UPDATE]: DOWN }
    world.at += DAY
    await keep()
    await failFor(2)
    expect(since()).toBeUndefined()
  })

  it('tries other settings at once', async () => {
    world.failing = { [UPDATE]: DOWN }
    await keep()
    world.failing = {}
    await keep(wanted({ updateSchedule: '*/9 * * * *' }))
    expect(world.expressions[UPDATE]).toBe('*/9 * * * *')
  })

  it('registers the other entry if one is refused', async () => {
    world.failing = { [UPDATE]: new UpstreamError('VTEX scheduler', 'refused', 'status 400', 400) }
    await keep()
    expect(Object.keys(world.expressions)).toEqual([FULL])
  })

  it('waits 2 s at most for a scheduler that does not respond', async () => {
    jest.useFakeTimers()
    try {
      let answer = () => {}
      world.blocker = new Promise((resolve) => {
        answer = resolve
      })
      const waiting = Promise.all([keep(), keep()])
      await jest.advanceTimersByTimeAsync(2_000)
      await waiting
      await keep()
      expect(world.entries.size).toBe(0)
      answer()
      await jest.advanceTimersByTimeAsync(0)
      expect(world.entries.size).toBe(2)
      expect(world.calls).toBe(2)
    } finally {
      jest.useRealTimers()
    }
  })
})
