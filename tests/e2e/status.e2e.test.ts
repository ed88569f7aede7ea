import { COMMERCE_HOST } from '../../sandbox/world/commerce/api/listener'
import { App } from './support/app'
import { untilTold } from './support/changes'
import { until } from './support/eventually'
import { cacheable, errorOf } from './support/expectations'
import { json } from './support/http'
import { looked } from './support/looked'
import { exportOf, idsOf, STOCKED } from './support/zeros'

const SKUS = 130
const HOUR = 3_600_000

let app: App

beforeAll(async () => {
  // The sandbox's scheduler must not call while the test runs.
  const minute = (new Date().getUTCMinutes() + 30) % 60
  const settings = { ...STOCKED.settings, sellers: '1', updateSchedule: `${minute} * * * *` }
  app = await App.start({ skus: SKUS, settings })
})

afterAll(() => app.stop())

afterEach(() => app.platform.faults.clear())

const codesOf = ({ reasons }: Awaited<ReturnType<typeof looked.status>>) =>
  reasons.map(({ code }) => code)

const strict = async () => (await app.send('GET', 'status?strict=true')).status

it('GET /status is late before the first update, and ok after it', async () => {
  const before = await looked.status(app)
  expect([before.state, codesOf(before), before.lastUpdate]).toEqual([
    'late',
    ['no_update_yet'],
    null,
  ])
  const report = await exportOf(app, 'update')
  const after = await looked.status(app)
  expect([after.state, after.reasons]).toEqual(['ok', []])
  expect(after.lastUpdate?.exportId).toBe(report.exportId)
  expect(after.nextCalls.map(({ schedule }) => schedule)).toEqual(['update', 'update', 'update'])
  expect(await strict()).toBe(200)
})

it('GET /status is late after three scheduled calls without a successful update', async () => {
  await app.live(4 * HOUR)
  const status = await looked.status(app)
  expect([status.state, codesOf(status)]).toEqual(['late', ['update_late']])
  expect(status.reasons[0]?.numbers.ageSeconds).toBeGreaterThanOrEqual(4 * 3_600)
  expect(await strict()).toBe(503)
})

it('GET /status asks for an action once an export failed, and shows the error of the upstream', async () => {
  await app.configure({ sftpPassword: 'wrong' })
  const report = await exportOf(app, 'export')
  expect([report.status, report.error?.code]).toEqual(['failed', 'sftp_auth'])
  expect(Object.values(report.sources).map(({ status }) => status)).not.toContain('reading')
  const status = await looked.status(app)
  expect([status.state, codesOf(status)]).toEqual([
    'actionRequired',
    ['export_failed', 'update_late'],
  ])
  expect(status.reasons[0]?.call?.path).toBe(`/_v/intershop/stock/exports/${report.exportId}`)
  expect(status.lastErrors[0]).toMatchObject({ upstream: 'intershop', code: 'sftp_auth' })
})

it('GET /status is ok again once the cause is removed and an export succeeded', async () => {
  await app.configure({})
  const { exportId } = await exportOf(app, 'export')
  const status = await looked.status(app)
  expect([status.state, status.reasons]).toEqual(['ok', []])
  expect(status.lastFullExport?.exportId).toBe(exportId)
})

it('GET /status shows a running export with its progress', async () => {
  // Listing takes longer than it takes until progress is saved.
  app.platform.faults.add({ upstream: COMMERCE_HOST, kind: 'latency', ms: 6_000 })
  const id = await app.accepted('export')
  await until('its progress', async () => {
    const { queue } = await looked.status(app)
    return queue.exports.some((each) => each.exportId === id && each.planned === SKUS)
  })
  const { queue } = await looked.status(app)
  expect(queue.length).toBe(1)
  expect(queue.exports[0]).toMatchObject({ route: 'export', status: 'running', trigger: 'api' })
  app.platform.faults.clear()
  await app.ended(id)
  expect((await looked.status(app)).queue).toEqual({ length: 0, exports: [] })
})

it('GET /status is paused without updateSchedule', async () => {
  await app.configure({ updateSchedule: '' })
  const status = await looked.status(app)
  expect([status.state, codesOf(status)]).toEqual(['paused', ['no_update_schedule']])
  await app.configure({})
})

it('GET /exports/:exportId/unmapped has all of them, as pages and as CSV', async () => {
  for (const id of idsOf(app)) app.commerce.setFacts(id, { ean: null })
  await untilTold(app)
  await app.configure({ skuIdentifier: 'ean' })
  const report = await exportOf(app, 'export')
  expect([report.offers.unmapped, report.unmapped.length]).toEqual([SKUS, 100])
  const path = `exports/${report.exportId}/unmapped`
  const first = looked.failures(json(await app.send('GET', `${path}?limit=100`)))
  const second = looked.failures(
    json(await app.send('GET', `${path}?limit=100&after=${first.next}`))
  )
  const skuIds = [...first.items, ...second.items].map(({ skuId }) => skuId)
  expect([first.total, new Set(skuIds).size, second.next]).toEqual([SKUS, SKUS, undefined])
  const csv = await app.send('GET', `${path}?format=csv&limit=100`)
  expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8')
  expect(csv.body.toString('utf8').trim().split('\n')).toHaveLength(101)
  expect(csv.headers.link).toContain(`${path}?format=csv&after=100`)
  await app.configure({})
})

it('a SKU that is gone and 0 in Intershop is no error of the updates after', async () => {
  const [skuId = 0] = idsOf(app)
  await exportOf(app, 'update')
  app.commerce.removeSku(skuId)
  await app.idle()
  await exportOf(app, 'update')
  const again = await exportOf(app, 'update')
  expect([again.status, again.failures]).toEqual(['completed', []])
})

it('GET /metrics counts offers and exports in the text format of Prometheus', async () => {
  const answer = await app.send('GET', 'metrics')
  expect(answer.headers['content-type']).toContain('text/plain; version=0.0.4')
  const text = answer.body.toString('utf8')
  const valid = /^(# (HELP|TYPE) \S+ .+|intershop_stock_\w+(\{\w+="[^"]*"\})? -?[\d.]+)$/
  expect(
    text
      .trim()
      .split('\n')
      .filter((line) => !valid.test(line))
  ).toEqual([])
  expect(text).toMatch(/^intershop_stock_exports_total\{status="failed"\} 1$/m)
  expect(text).toMatch(/^intershop_stock_last_success_age_seconds\{export="update"\} \d+$/m)
})

it.each(['status', 'metrics', 'skus/1', 'held', 'exports/20200101T000000000-0123456789ab/held'])(
  'GET /%s needs the token, and allows GET alone',
  async (path) => {
    expect((await app.send('GET', path, { token: 'wrong' })).status).toBe(401)
    const other = await app.send('PUT', path)
    expect([other.status, errorOf(other).code]).toEqual([405, 'method_not_allowed'])
  }
)

it('all responses forbid caching', () => {
  expect(cacheable(app)).toEqual([])
})
