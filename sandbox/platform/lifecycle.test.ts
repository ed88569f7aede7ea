import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Platform } from '.'
import { act, post, startFixture } from './fixture/start'

let directory: string
let platform: Platform

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lifecycle-'))
  platform = await startFixture(directory)
})

afterAll(async () => {
  await platform.stop()
  await rm(directory, { recursive: true })
})

describe('the platform', () => {
  it('responds 503 with no-store while all workers are down, and restarts them', async () => {
    await platform.replicas.allUp()
    const before = platform.replicas.pids()
    platform.replicas.killAll()
    const response = await post(platform, '/_v/fixture/settings')
    expect([response.status, response.headers.get('cache-control')]).toEqual([503, 'no-store'])
    await platform.replicas.allUp()
    expect(platform.replicas.pids().filter((pid) => before.includes(pid))).toEqual([])
    expect((await post(platform, '/_v/fixture/settings')).status).toBe(200)
  })

  it('keeps settings, files, events and schedules over a restart', async () => {
    const entry = {
      id: 'nightly',
      scheduler: { expression: '0 3 * * *', endDate: '2099-12-31T23:59:00' },
      request: { uri: 'https://master--acme.myvtex.com/_v/fixture/called/x', method: 'POST' },
    }
    await act(platform, 'schedule/put', { entry })
    await platform.settings.save({ token: 'third' })
    await act(platform, 'files/save', { path: 'kept', data: 1 })
    platform.courier.behaviour.delay = 60_000
    await post(platform, '/_v/fixture/send', { id: 'late' })
    await platform.stop()
    platform = await startFixture(directory, { replicas: 1 })
    await platform.courier.idle()
    expect(await platform.settings.read()).toEqual({ token: 'third' })
    expect(await platform.vbase.readJson('notes', 'kept')).toBe(1)
    expect(await platform.vbase.files('events', 'late')).toEqual(['late'])
    expect(platform.scheduler.list().map((each) => each.entry.id)).toEqual(['nightly'])
    expect(await platform.vbase.files('setups')).toHaveLength(1)
  })
})

async function control(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${platform.url}/_sandbox/${path}`, {
    method,
    body: body === undefined ? null : JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  return response.status === 204 ? 204 : response.json()
}

it('the control API reads and changes the platform', async () => {
  expect(await control('PUT', 'settings', { token: 'x' })).toEqual({ token: 'x' })
  expect(await control('POST', 'faults', { upstream: '*', kind: 'none' })).toMatchObject({
    code: 'BadRequest',
  })
  const { id } = (await control('POST', 'faults', { upstream: 'apps', kind: 'reset' })) as {
    id: number
  }
  expect(await control('DELETE', `faults/${id}`)).toBe(204)
  expect(await control('POST', 'replicas/9/kill')).toMatchObject({ code: 'BadRequest' })
  await act(platform, 'files/save', { path: 'deep/er', data: 7 })
  expect(await control('GET', 'vbase/notes?prefix=deep')).toEqual(['deep/er'])
  expect(await control('GET', 'vbase/notes/deep/er')).toBe(7)
  platform.control.get('/added', (ctx) => {
    ctx.body = { added: true }
  })
  expect(await control('GET', 'added')).toEqual({ added: true })
})

it.each([
  ['courier', { doubled: 0.5, maxAttempts: 3 }, { doubled: 2 }],
  ['vbase', { ignoreIfMatch: true, staleReads: 50 }, { missingDelete: 500 }],
] as const)('the control API changes the behaviour of %s', async (service, change, senseless) => {
  const before = await control('GET', service)
  const { behaviour } = before as { behaviour: object }
  expect(await control('PUT', service, change)).toEqual({ behaviour: { ...behaviour, ...change } })
  expect(platform[service].behaviour).toMatchObject(change)
  expect(await control('PUT', service, senseless)).toMatchObject({ code: 'BadRequest' })
  await control('PUT', service, behaviour)
  expect(await control('GET', service)).toMatchObject({ behaviour })
  expect(platform.courier.behaviour.maxAttempts).toBe(Number.POSITIVE_INFINITY)
})

it('startPlatform throws the reason if the app does not start', async () => {
  await expect(
    startFixture(directory, { workerArguments: ['--no-such-option'], replicas: 1 })
  ).rejects.toThrow(/the app does not start.*--no-such-option/s)
})
