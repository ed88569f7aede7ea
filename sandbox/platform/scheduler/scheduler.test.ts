import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Entry, entrySchema } from './entry'
import { BadExpression } from './expression'
import { ForbiddenHost, type SendRequest } from './request-sender'
import { Scheduler } from './scheduler'
import { EntryStore } from './store'

const MINUTE = 60_000
const NOON = Date.UTC(2026, 5, 1, 12)

let directory: string
let scheduler: Scheduler
let called: string[]
let responses: (number | Error)[]

const call: SendRequest = async ({ uri }) => {
  called.push(`${new Date().toISOString().slice(11, 16)} ${uri}`)
  const response = responses.shift() ?? 200
  if (response instanceof Error) throw response
  return response
}

const entry = (id: string, expression: string, over: object = {}): Entry =>
  entrySchema.parse({
    id,
    scheduler: { expression, endDate: '2099-12-31T23:59:00' },
    request: { uri: `https://host/${id}`, method: 'POST', body: {} },
    retry: { delay: { addMinutes: 2, addHours: 0, addDays: 0 }, times: 2, backOffRate: 2 },
    ...over,
  })

const start = async () => {
  scheduler = new Scheduler(new EntryStore(join(directory, 'scheduler.json')), call)
  await scheduler.load()
  scheduler.start()
}
const pass = (minutes: number) => jest.advanceTimersByTimeAsync(minutes * MINUTE)

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scheduler-'))
  called = []
  responses = []
  jest.useFakeTimers({ now: NOON + 1, doNotFake: ['nextTick', 'setImmediate'] })
  await start()
})

afterEach(async () => {
  scheduler.stop()
  jest.useRealTimers()
  await rm(directory, { recursive: true })
})

it('Scheduler calls each entry at the minutes of its expression', async () => {
  await scheduler.put('app', entry('often', '*/2 * * * *'))
  await scheduler.put('app', entry('once', '3 12 * * *'))
  await pass(5)
  expect(called).toEqual([
    '12:02 https://host/often',
    '12:03 https://host/once',
    '12:04 https://host/often',
  ])
  expect(scheduler.counts).toEqual({ succeeded: 3, failed: 0, refused: 0 })
})

it('stops calling a deleted, replaced or ended entry', async () => {
  await scheduler.put('app', entry('deleted', '* * * * *'))
  await scheduler.put('app', entry('replaced', '* * * * *'))
  const endDate = '2026-06-01T12:02:30'
  await scheduler.put(
    'app',
    entry('ended', '* * * * *', { scheduler: { expression: '* * * * *', endDate } })
  )
  await pass(1)
  expect(await scheduler.delete('app', 'deleted')).toBe(true)
  expect(await scheduler.delete('app', 'deleted')).toBe(false)
  await scheduler.put('app', entry('replaced', '0 3 * * *'))
  await pass(3)
  expect(called.map((text) => text.replace('https://host/', ''))).toEqual([
    '12:01 deleted',
    '12:01 replaced',
    '12:01 ended',
    '12:02 ended',
  ])
  expect(scheduler.get('app', 'ended')?.next).toBeUndefined()
})

it('retries a failed call as the entry says', async () => {
  await scheduler.put('app', entry('a', '1 12 * * *'))
  responses = [500, new Error('no response'), 503]
  await pass(20)
  expect(called.map((text) => text.slice(0, 5))).toEqual(['12:01', '12:03', '12:07'])
  expect(scheduler.get('app', 'a')?.calls).toEqual([
    { at: '2026-06-01T12:07:00.000Z', attempt: 3, status: 503 },
    { at: '2026-06-01T12:03:00.000Z', attempt: 2, error: 'no response' },
    { at: '2026-06-01T12:01:00.000Z', attempt: 1, status: 500 },
  ])
})

it('does not retry an entry that was deleted or replaced meanwhile', async () => {
  await scheduler.put('app', entry('deleted', '1 12 * * *'))
  await scheduler.put('app', entry('replaced', '1 12 * * *'))
  responses = [500, 500]
  await pass(1)
  await scheduler.delete('app', 'deleted')
  await scheduler.put('app', entry('replaced', '1 12 * * *'))
  await pass(10)
  expect(called).toHaveLength(2)
})

it('does not retry a refused call', async () => {
  await scheduler.put('app', entry('a', '1 12 * * *'))
  responses = [new ForbiddenHost('elsewhere')]
  await pass(10)
  expect(called).toHaveLength(1)
  expect(scheduler.counts).toMatchObject({ refused: 1, failed: 0 })
})

it('Scheduler.run calls an entry now, and retries at whole minutes', async () => {
  const scheduled = await scheduler.put('app', entry('a', '0 3 * * *'))
  responses = [429]
  expect(await scheduler.run(scheduled)).toMatchObject({ attempt: 1, status: 429 })
  await pass(5)
  expect(called.map((text) => text.slice(0, 5))).toEqual(['12:00', '12:03'])
})

it('keeps its entries over a restart and skips missed executions', async () => {
  await scheduler.put('app', entry('a', '* * * * *'))
  await scheduler.put('other', entry('a', '0 3 * * *'))
  scheduler.stop()
  await pass(3)
  await start()
  expect(scheduler.list('other').map(({ entry }) => entry)).toEqual([entry('a', '0 3 * * *')])
  await pass(1)
  expect(called).toEqual(['12:04 https://host/a'])
})

it('rejects an invalid expression and keeps the entry', async () => {
  await scheduler.put('app', entry('a', '* * * * *'))
  await expect(scheduler.put('app', entry('a', 'never'))).rejects.toThrow(BadExpression)
  expect(scheduler.get('app', 'a')?.entry).toEqual(entry('a', '* * * * *'))
})
