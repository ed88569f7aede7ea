import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Platform } from '..'
import { act, post, startFixture } from '../fixture/start'

let directory: string
let platform: Platform

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scheduler-'))
  platform = await startFixture(directory, { replicas: 1 })
})

afterAll(async () => {
  await platform.stop()
  await rm(directory, { recursive: true })
})

const schedule = (action: string, id: string, entry?: unknown) =>
  act(platform, `schedule/${action}`, { id, entry })
const entry = (id: string, over: object = {}) => ({
  id,
  scheduler: { expression: '0 3 * * *', endDate: '2099-12-31T23:59:00' },
  request: {
    uri: `https://master--acme.myvtex.com/_v/fixture/called/${id}?q=1`,
    method: 'POST',
    headers: { token: 'own' },
    body: { n: 1 },
  },
  ...over,
})
const run = async (id: string): Promise<unknown> =>
  (await post(platform, `/_sandbox/scheduler/${id}/run`)).json()

it('the scheduler calls public routes of the app as the entry says', async () => {
  expect(await schedule('put', '', entry('a'))).toMatchObject({
    result: { status: 200, data: { id: 'a', NextExecution: expect.stringMatching(/T03:00:00/) } },
  })
  expect(await run('a')).toMatchObject({ attempt: 1, status: 201 })
  expect(await platform.vbase.readJson('calls', 'a')).toMatchObject({
    method: 'POST',
    url: expect.stringContaining('?q=1'),
    headers: { token: 'own', 'x-forwarded-host': 'master--acme.myvtex.com' },
    body: { n: 1 },
  })
  const shown = await (await fetch(`${platform.url}/_sandbox/scheduler`)).json()
  expect(shown).toMatchObject({ entries: [{ id: 'a', calls: [{ status: 201 }] }] })
})

it('sends no request to another host, and counts it as refused', async () => {
  const uri = 'https://other--acme.myvtex.com/_v/fixture/called/elsewhere'
  await schedule('put', '', entry('b', { request: { uri, method: 'POST' } }))
  expect(await run('b')).toMatchObject({ error: expect.stringContaining('other--acme') })
  expect(platform.scheduler.counts.refused).toBe(1)
  expect(await platform.vbase.files('calls', 'elsewhere')).toEqual([])
})

it('lists, returns and deletes entries, and creates one only once', async () => {
  expect(await schedule('post', '', entry('c'))).toMatchObject({ result: { status: 200 } })
  expect(await schedule('post', '', entry('c'))).toMatchObject({ failed: 409 })
  expect(await schedule('get', 'c')).toMatchObject({
    result: { data: { expression: '0 3 * * *' } },
  })
  expect(await schedule('delete', 'c')).toMatchObject({ result: { status: 204 } })
  expect(await schedule('delete', 'c')).toMatchObject({ failed: 404 })
  expect(await schedule('get', 'c')).toMatchObject({ failed: 404 })
  const { result } = (await schedule('list', '')) as { result: { data: { id: string }[] } }
  expect(result.data.map(({ id }) => id)).not.toContain('c')
})

it.each([
  ['a bad expression', { scheduler: { expression: '* *', endDate: '2099-12-31T23:59:00' } }],
  ['a bad end', { scheduler: { expression: '* * * * *', endDate: 'never' } }],
  ['no request', { request: undefined }],
])('rejects an entry with %s', async (_, over) => {
  expect(await schedule('put', '', entry('d', over))).toMatchObject({ failed: 400 })
  expect(await schedule('get', 'd')).toMatchObject({ failed: 404 })
})

it("responds 401 without the app's credential", async () => {
  const url = 'http://portal.vtexcommercestable.com.br/api/scheduler/master/fixture?version=4'
  expect(await act(platform, 'call', { url })).toMatchObject({ failed: 401 })
})
