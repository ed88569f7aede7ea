import { COMMERCE_HOST } from '../../sandbox/world/commerce/api/listener'
import { App } from './support/app'
import { until } from './support/eventually'
import { cacheable, errorOf, statusesSeen } from './support/expectations'
import { sumOfOffers } from './support/report'

const SKUS = 60
const UNKNOWN = '20200101T000000000-0123456789ab'

let app: App

beforeAll(async () => {
  app = await App.start({ skus: SKUS })
})

afterAll(() => app.stop())

afterEach(() => app.platform.faults.clear())

/** Accepts an export while no event gets through. */
async function acceptedUnheard(path = 'export') {
  app.platform.courier.behaviour.lost = 1
  const id = await app.accepted(path)
  app.platform.courier.behaviour.lost = 0
  return id
}

describe('GET /exports/:exportId', () => {
  it('returns the request and empty counts of a queued export', async () => {
    const id = await acceptedUnheard('export/start/3')
    const report = await app.report(id)
    expect(report).toMatchObject({ route: 'start', scope: { startId: 3 }, status: 'queued' })
    expect([report.skus, report.offers.processed]).toEqual([{ read: 0 }, 0])
    expect([report.startedAt, report.endedAt]).toEqual([undefined, undefined])
    await app.send('DELETE', `exports/${id}`)
    await app.ended(id)
  })

  it('counts each offer once and no remaining SKU after an export', async () => {
    await app.idle()
    await app.intershop.idle()
    const { files } = app.intershop.importer.totals
    const report = await app.exported()
    expect(report.status).toBe('completed')
    expect(report.skus).toEqual({ planned: SKUS, read: SKUS, remaining: 0 })
    expect(report.offers.processed).toBe(SKUS)
    expect(report.offers.processed).toBe(sumOfOffers(report))
    expect(report.offers.sent).toBe(app.intershop.inventory.size)
    expect(report.offers.unmapped).toBe(report.unmapped.length)
    expect(report.files).toBe(app.intershop.importer.totals.files - files)
    const moments = [report.acceptedAt, report.startedAt, report.endedAt]
    expect([...moments].sort()).toEqual(moments)
  })

  it('adds up and counts remaining SKUs while an export runs', async () => {
    app.platform.faults.add({ upstream: COMMERCE_HOST, kind: 'latency', ms: 300 })
    const id = await app.accepted('export/seller/1')
    // Running, and how many there are is known once they were listed.
    const isListed = async () => (await app.report(id)).skus.planned !== undefined
    await until('its SKUs to be listed', isListed)
    const report = await app.report(id)
    expect(report.status).toBe('running')
    expect(report.offers.processed).toBe(sumOfOffers(report))
    expect(report.skus.remaining).toBe(SKUS - report.skus.read)
    expect((await app.ended(id)).skus.remaining).toBe(0)
  })

  it.each([
    ['export/time/60', /superset/],
    ['export/seller/1/time/60', /superset/],
  ])('notes that %s reads more than it asks for', async (path, note) => {
    const { notes, status, offers } = await app.ended(await app.accepted(path))
    expect(notes).toEqual([expect.stringMatching(note)])
    expect([status, offers.processed]).toEqual(['completed', SKUS])
  })

  it.each(['export', 'export/start/1', 'export/seller/1'])(
    'notes nothing about the scope of %s',
    async (path) => {
      expect((await app.report(await app.accepted(path))).notes).toEqual([])
    }
  )

  it('reports a seller whose stock cannot be read as failed, with nothing sent', async () => {
    const report = await app.exported('export/seller/nordicshop')
    expect([report.status, report.offers.sent, report.files]).toEqual(['failed', 0, 0])
    expect(report.error?.message).toContain('seller nordicshop')
  })
})

describe('DELETE /exports/:exportId', () => {
  it('responds 202 with zero bytes and cancels a queued export before any delivery', async () => {
    await app.idle()
    const id = await acceptedUnheard('export/start/2')
    const answer = await app.send('DELETE', `exports/${id}`)
    expect([answer.status, answer.body.length]).toEqual([202, 0])
    const report = await app.ended(id)
    expect([report.status, report.skus, report.files]).toEqual(['cancelled', { read: 0 }, 0])
  })

  it('cancels a running export, and nothing more is delivered', async () => {
    app.platform.faults.add({ upstream: COMMERCE_HOST, kind: 'latency', ms: 700 })
    const id = await app.accepted('export/start/2')
    await until('a running export', async () => (await app.report(id)).status === 'running')
    expect((await app.send('DELETE', `exports/${id}`)).status).toBe(202)
    app.platform.faults.clear()
    const report = await app.ended(id)
    expect([report.status, report.offers.sent, report.files]).toEqual(['cancelled', 0, 0])
    expect(report.sources.own?.status).toBe('cancelled')
  })

  it('shows as cancelling until it takes effect, and may be repeated until then', async () => {
    await app.idle()
    const id = await acceptedUnheard('export/start/2')
    app.platform.courier.behaviour.lost = 1
    for (const _ of ['first', 'second']) {
      expect((await app.send('DELETE', `exports/${id}`)).status).toBe(202)
      expect((await app.report(id)).status).toBe('cancelling')
      const listed = (await app.reports()).find(({ exportId }) => exportId === id)
      expect(listed?.status).toBe('cancelling')
    }
    app.platform.courier.behaviour.lost = 0
    expect((await app.send('DELETE', `exports/${id}`)).status).toBe(202)
    expect((await app.ended(id)).status).toBe('cancelled')
    expect((await app.send('DELETE', `exports/${id}`)).status).toBe(409)
  })

  it('responds 409 for an ended export and leaves its report', async () => {
    const report = await app.exported('export/start/2')
    const answer = await app.send('DELETE', `exports/${report.exportId}`)
    expect([answer.status, errorOf(answer).code]).toEqual([409, 'already_ended'])
    expect(await app.report(report.exportId)).toEqual(report)
  })
})

describe('the report routes', () => {
  it.each([
    UNKNOWN,
    ...['abc', '1', '%00', '%2e%2e', '..', 'a%2Fb', '%zz', `${UNKNOWN}x`, `${UNKNOWN}%0A`],
    ...['%2e%2e%2Flease%2Fline', 'x'.repeat(5000)],
  ])('respond 404 for an unknown export id: %s', async (id) => {
    for (const verb of ['GET', 'DELETE']) {
      const answer = await app.send(verb, `exports/${id}`)
      expect([verb, answer.status, errorOf(answer).code]).toEqual([verb, 404, 'unknown_export'])
    }
  })

  it.each([null, '', 'wrong'])('respond 401 with zero bytes to token %p', async (token) => {
    const answers = [
      await app.send('GET', 'exports', { token }),
      await app.send('GET', `exports/${UNKNOWN}`, { token }),
      await app.send('DELETE', `exports/${UNKNOWN}`, { token }),
    ]
    expect(answers.map(({ status, body }) => [status, body.length])).toEqual(
      Array(3).fill([401, 0])
    )
  })

  it.each(['POST', 'PUT', 'PATCH', 'OPTIONS', 'HEAD'])('respond 405 to %s', async (verb) => {
    const list = await app.send(verb, 'exports')
    expect([list.status, list.headers.allow]).toEqual([405, 'GET'])
    const one = await app.send(verb, `exports/${UNKNOWN}`)
    expect([one.status, one.headers.allow]).toEqual([405, 'GET, DELETE'])
  })
})

it('all responses forbid caching', () => {
  expect(statusesSeen(app)).toEqual([200, 202, 401, 404, 405, 409])
  expect(cacheable(app)).toEqual([])
})
