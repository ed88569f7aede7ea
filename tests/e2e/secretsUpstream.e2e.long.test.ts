import type { FaultRule } from '../../sandbox/platform'
import { COMMERCE_HOST } from '../../sandbox/world/commerce/api/listener'
import { SFTP_PASSWORD } from '../../sandbox/world/intershop/intershop'
import type { App } from './support/app'
import { sellable, sold } from './support/changes'
import { MARK, secret } from './support/leaks'
import { Watched } from './support/watched'

const UNKNOWN = '20200101T000000000-0123456789ab'

let watched: Watched
let app: App

beforeAll(async () => {
  watched = await Watched.start()
  app = watched.app
})

afterAll(() => app.stop())

afterEach(async () => expect(await watched.leaksSoFar()).toEqual([]))

describe('secrets and texts of upstreams', () => {
  const body = { [MARK]: secret('body'), id: secret('id'), data: [{ path: { [MARK]: MARK } }] }
  const headers = {
    'set-cookie': `a=${MARK}`,
    'x-secret': MARK,
    'www-authenticate': `Basic realm="${MARK}"`,
    'retry-after': MARK,
    etag: `"${MARK}"`,
  }
  const location = `http://${MARK}.example/${MARK}?token=${MARK}`
  const bad: [string, Omit<FaultRule, 'upstream'>][] = [
    ...[401, 403, 429, 500].map((status): (typeof bad)[number] => [
      `answers ${status}`,
      { kind: 'status', status, headers, body: JSON.stringify(body) },
    ]),
    ['redirects', { kind: 'status', status: 302, headers: { ...headers, location } }],
    ['answers another shape', json200(JSON.stringify(body))],
    ['answers broken JSON', json200(`{"${MARK}": "${MARK}", ${MARK}`)],
    ['answers a page', { ...json200(`<html>${MARK}</html>`), headers: {} }],
    ['breaks off', { kind: 'reset' }],
  ]

  function json200(text: string) {
    const type = { 'content-type': 'application/json' }
    return { kind: 'status', status: 200, headers: { ...headers, ...type }, body: text } as const
  }

  beforeAll(() => watched.configure({ sftpPassword: SFTP_PASSWORD }))

  it.each(bad)('stay hidden if the seller list %s', async (_, fault) => {
    const path = '/api/seller-register/'
    app.platform.faults.add({ upstream: COMMERCE_HOST, path, times: 2, ...fault })
    expect([200, 404]).toContain((await watched.ask('POST', 'export/seller/abc')).status)
    expect(app.platform.faults.list().map(({ injected }) => injected > 0)).toEqual([true])
  })

  it.each(bad)('stay hidden if catalog or logistics %s', async (_, fault) => {
    const { faults } = app.platform
    const paths = [
      '/api/catalog_system/pvt/sku/stockkeepingunitids',
      '/api/catalog_system/pvt/sku/stockkeepingunitbyid/',
      '/api/logistics/pvt/configuration/warehouses',
      '/api/logistics/pvt/inventory/skus/',
    ]
    for (const path of paths) {
      faults.add({ upstream: COMMERCE_HOST, path, times: 1, ...fault })
    }
    // What is refused ends an export, so that the next one meets the next refusal.
    for (let exports = 0; exports < paths.length; exports++) {
      // One of them lists the SKUs, the other asks for each context.
      await watched.exported('export')
      await sold(app, await sellable(app, 1))
      await watched.exported('update')
      if (faults.list().every(({ injected }) => injected > 0)) return
    }
    throw new Error('not every fault struck')
  })

  it('stay hidden if logistics fails for some SKUs again and again', async () => {
    const ids = [...app.commerce.catalog.ids()]
    const lasting = bad.filter(([kind]) => /500|shape|JSON|page/.test(kind))
    lasting.forEach(([, fault], index) => {
      const path = `inventory/skus/${ids[index]}(\\?|$)`
      app.platform.faults.add({ upstream: COMMERCE_HOST, path, ...fault })
    })
    const report = await watched.exported()
    expect([report.status, report.failures.length]).toEqual(['completedWithErrors', 4])
  })

  /** What is answered to those who ask meanwhile. */
  async function statusesWhile(upstream: string, id: string) {
    const answers = await Promise.all([
      watched.ask('POST', 'export/start/2'),
      watched.ask('GET', 'exports'),
      watched.ask('DELETE', `exports/${id}`),
    ])
    await watched.look()
    app.platform.faults.clear()
    return answers.map(({ status }) => `${upstream}: ${status}`)
  }

  it.each(bad)('stay hidden if courier or VBase %s', async (_, fault) => {
    const waiting = await watched.acceptedUnheard()
    app.platform.faults.add({ upstream: 'courier', ...fault })
    const told = await statusesWhile('courier', waiting)
    app.platform.faults.add({ upstream: 'vbase', ...fault })
    expect([...told, ...(await statusesWhile('vbase', UNKNOWN))]).toContain('vbase: 503')
  })

  it('stay hidden if the settings get each kind of bad response', async () => {
    for (const [kind, fault] of bad) {
      app.platform.faults.add({ upstream: 'apps', ...fault })
      await app.readSettingsAnew()
      const status = kind === 'answers another shape' ? 401 : 503
      const told = await statusesWhile('apps', UNKNOWN)
      expect([kind, told]).toEqual([kind, Array(3).fill(`apps: ${status}`)])
    }
    // What was read of the settings is remembered.
    await app.readSettingsAnew()
  })
})
