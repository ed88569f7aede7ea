import { App } from './support/app'
import { cacheable, errorOf, statusesSeen } from './support/expectations'
import { ROUTES } from './support/routes'

const MOST_WAITING = 32

let app: App
const ids: string[] = []

/** From now on exports are accepted and no event gets through: nothing is worked on. */
async function acceptUnheard(count: number) {
  app.platform.courier.behaviour.lost = 1
  for (let accepted = 0; accepted < count; accepted++) ids.push(await app.accepted())
}

const hear = () => {
  app.platform.courier.behaviour.lost = 0
}

beforeAll(async () => {
  app = await App.start({ skus: 40 })
})

afterAll(() => app.stop())

it('POST routes accept 32 queued exports', async () => {
  await acceptUnheard(MOST_WAITING)
  expect((await app.reports()).map(({ status }) => status)).toEqual(Array(32).fill('queued'))
})

it.each(ROUTES)(
  'POST %s responds 429 with Retry-After to the next one, and accepts nothing',
  async (route) => {
    const answer = await app.post(route)
    expect([answer.status, errorOf(answer).code]).toEqual([429, 'too_many_exports'])
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(answer.headers['x-export-id']).toBeUndefined()
    expect((await app.reports()).length).toBe(MOST_WAITING)
  }
)

it('POST routes respond 401, 400 and 405 also while the queue is full', async () => {
  expect((await app.post('export', { token: 'wrong' })).status).toBe(401)
  expect((await app.post('export/start/abc')).status).toBe(400)
  expect((await app.send('GET', 'export')).status).toBe(405)
})

it('DELETE /exports/:exportId frees a place, and one export coalesces all that ask the same', async () => {
  const [cancelled = '', first = '', ...others] = ids
  hear()
  expect((await app.send('DELETE', `exports/${cancelled}`)).status).toBe(202)
  const report = await app.ended(first)
  expect(report.status).toBe('completed')
  for (const id of others) {
    const covered = await app.ended(id)
    expect([covered.status, covered.coveredBy]).toEqual(['completed', first])
    expect(covered.offers.processed).toBe(0)
  }
  expect((await app.report(cancelled)).status).toBe('cancelled')
  expect(await app.sandbox.compare()).toMatchObject({ differing: 0, missing: 0, surplus: 0 })
})

it('GET /exports lists the latest fifty, newest first, and reports of older ones stay readable', async () => {
  await acceptUnheard(20)
  // Of fifty-two, twenty wait and thirty-two have ended.
  expect((await app.reports()).map(({ exportId }) => exportId)).toEqual(
    [...ids].reverse().slice(0, 50)
  )
  hear()
  ids.push(await app.accepted('export/seller/1'))
  await Promise.all(ids.map((id) => app.ended(id)))
  const reports = await app.reports()
  expect(reports.map(({ exportId }) => exportId)).toEqual([...ids].reverse().slice(0, 50))
  expect((await app.report(ids[0] ?? '')).status).toBe('cancelled')
})

it('all responses forbid caching', () => {
  expect(statusesSeen(app)).toEqual([200, 202, 400, 401, 405, 429])
  expect(cacheable(app)).toEqual([])
})
