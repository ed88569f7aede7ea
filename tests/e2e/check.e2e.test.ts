import { z } from 'zod'
import { CENTRA_TOKEN } from '../../sandbox/world/centra/access'
import { COMMERCE_HOST } from '../../sandbox/world/commerce/api/listener'
import { SFTP_PASSWORD } from '../../sandbox/world/intershop/intershop'
import { noSftpFaults, type SftpFaults } from '../../sandbox/world/intershop/sftp/sftp-faults'
import { App } from './support/app'
import { cacheable, errorOf } from './support/expectations'
import { json } from './support/http'
import { finderOf, leaksIn } from './support/leaks'

const result = z.strictObject({
  name: z.string(),
  status: z.enum(['ok', 'failed', 'skipped']),
  durationMs: z.number().int().nonnegative(),
  code: z.string().optional(),
  message: z.string().min(1),
  do: z.string().min(1).optional(),
})
const body = z.strictObject({ status: z.enum(['ok', 'failed']), checks: z.array(result) })

const VTEX = [
  'catalog.skuIds',
  'catalog.skuDetails',
  'catalog.skuByEan',
  'catalog.skuIdsByRefIds',
  'catalog.kits',
  'logistics.warehouses',
  'logistics.stock',
  'sellers.register',
  'sellers.bindings',
  'sellers.offers',
]
const ALL = ['settings', ...VTEX, 'vbase', 'courier', 'centra', 'publisher']

let app: App

beforeAll(async () => {
  app = await App.start({ skus: 60, centra: true, settings: { sellers: '' } })
})

afterAll(() => app.stop())

afterEach(() => {
  app.platform.policies.revoked.clear()
  app.platform.faults.clear()
  Object.assign(app.intershop.sftp.faults, noSftpFaults())
})

/** A check; the workers live longer before it, since each allows a few a minute. */
async function check() {
  await app.live(15_000)
  const answer = await app.post('check')
  const { status, checks } = body.parse(json(answer))
  expect(answer.status).toBe(status === 'ok' ? 200 : 424)
  return checks
}

const failed = (checks: z.infer<typeof body>['checks']) =>
  checks.filter(({ status }) => status === 'failed')
const one = async (name: string) => {
  const found = failed(await check())
  expect(found.map((each) => each.name)).toEqual([name])
  return found[0]
}

/** What lies in the drop, hidden files too. */
const inDrop = async () => (await app.intershop.files()).inbox

describe('POST /check', () => {
  it('tries every connection and says that each works, and leaves nothing', async () => {
    const checks = await check()
    expect(checks.map(({ name, status }) => [name, status])).toEqual(
      ALL.map((name) => [name, 'ok'])
    )
    expect(checks.every(({ code, do: advice }) => !code && !advice)).toBe(true)
    expect(await inDrop()).toEqual([])
    expect(await app.platform.vbase.files('checks')).toEqual([])
    expect(await app.platform.vbase.files('exports')).toEqual([])
    expect(app.intershop.importer.totals).toEqual({ files: 0, offers: 0, rejected: 0 })
  })

  it.each([
    ['Sku.aspx', 'SKUs', VTEX.slice(0, 5)],
    ['ViewProduct', 'View Product', [...VTEX.slice(0, 5), 'sellers.bindings']],
    ['LogisticsViewer', 'Logistics viewer', ['logistics.warehouses', 'logistics.stock']],
    ['view-seller', 'View Seller', ['sellers.register', 'sellers.offers']],
  ])(
    'names the policy %s, and its resource, where it is missing',
    async (policy, resource, names) => {
      app.platform.policies.revoked.add(policy)
      const found = failed(await check())
      expect(found.map(({ name }) => name)).toEqual(names)
      for (const { code, do: advice } of found) {
        expect(code).toBe('upstream_refused')
        expect(advice).toContain(`${policy} (License Manager: ${resource})`)
      }
    }
  )

  it('does not name a policy that another call has shown to be granted', async () => {
    app.platform.policies.revoked.add('Sku.aspx')
    for (const { do: advice } of failed(await check())) expect(advice).not.toContain('ViewProduct')
  })

  it.each([
    ['catalog.skuIds', 'stockkeepingunitids\\?'],
    ['catalog.skuDetails', 'stockkeepingunitbyid'],
    ['catalog.skuByEan', 'stockkeepingunitbyean'],
    ['catalog.skuIdsByRefIds', 'stockkeepingunitidsbyrefids'],
    ['catalog.kits', 'stockkeepingunitkit'],
    ['logistics.warehouses', 'configuration/warehouses'],
    ['logistics.stock', 'inventory/skus'],
    ['sellers.register', 'seller-register'],
    ['sellers.bindings', 'sku-binding'],
    ['sellers.offers', 'offer-manager'],
  ])('says 424 and which policy %s needs where only that API refuses', async (name, path) => {
    const rule = { upstream: COMMERCE_HOST, path, kind: 'status' as const, body: 'Access denied.' }
    app.platform.faults.add({ ...rule, status: 403 })
    const found = await one(name)
    expect(found).toMatchObject({ code: 'upstream_refused' })
    expect(found?.message).toMatch(/^VTEX .*: status 403$/)
    expect(found?.do).toMatch(/The app lacks the polic(y|ies) [\w.-]+ \(License Manager: /)
  })

  it('says to install the app again if VTEX does not accept its token', async () => {
    app.platform.faults.add({ upstream: COMMERCE_HOST, kind: 'status', status: 401 })
    const found = failed(await check())
    expect(found.map(({ name }) => name)).toEqual(VTEX)
    expect(found[0]?.do).toContain('install the app again')
    expect(found[0]?.do).toContain('ViewProduct')
  })

  it.each([
    ['vbase', 'state_unavailable', 'vbase-read-write'],
    ['courier', 'upstream_refused', 'colossus-fire-event'],
  ])('names the policy of %s', async (upstream, code, policy) => {
    app.platform.faults.add({ upstream, kind: 'status', status: 403 })
    const found = failed(await check()).find(({ name }) => name === upstream)
    expect(found).toMatchObject({ code, do: expect.stringContaining(policy) })
  })
})

describe('POST /check with other settings', () => {
  it.each<[string, string, Record<string, unknown>, string, string]>([
    ['centra', 'a wrong token', { centraToken: 'another' }, 'upstream_refused', 'centraToken'],
    ['publisher', 'a wrong password', { sftpPassword: 'another' }, 'sftp_auth', 'sftpPassword'],
    [
      'publisher',
      'another host key',
      { sftpHostKey: `SHA256:${'A'.repeat(43)}` },
      'sftp_host_key',
      'sftpHostKey',
    ],
    ['publisher', 'no directory', { sftpDirectory: '/not/there' }, 'sftp_path', 'sftpDirectory'],
  ])('names %s and what to do with %s', async (name, _, settings, code, setting) => {
    await app.configure(settings)
    const found = await one(name)
    expect(found).toMatchObject({ code, do: expect.stringContaining(setting) })
    expect(found?.message).not.toContain('Unauthorized')
  })

  it.each<[string, Partial<SftpFaults>, string]>([
    ['may not be written', { readOnly: true }, 'sftp_path'],
    ['has a full disk', { diskFull: true }, 'sftp_down'],
    ['cannot be reached', { refuse: true }, 'sftp_down'],
  ])('names the publisher where the drop %s, and leaves nothing there', async (_, faults, code) => {
    await app.configure({})
    Object.assign(app.intershop.sftp.faults, faults)
    expect(await one('publisher')).toMatchObject({ code })
    expect(await inDrop()).toEqual([])
  })

  it('skips what the settings do not use, and counts it as no failure', async () => {
    await app.configure({ centraSellerId: '', sellers: '1' })
    const skipped = (await check()).filter(({ status }) => status === 'skipped')
    expect(skipped.map(({ name }) => name)).toEqual([
      'sellers.bindings',
      'sellers.offers',
      'centra',
    ])
  })

  it('tries VTEX all the same where a setting is wrong', async () => {
    await app.configure({ sftpHost: 'sftp://127.0.0.1' })
    const checks = await check()
    expect(failed(checks)).toMatchObject([
      { name: 'settings', code: 'settings_invalid', message: expect.stringContaining('sftpHost') },
    ])
    const skipped = checks.filter(({ status }) => status === 'skipped')
    expect(skipped.map(({ name }) => name)).toEqual(['centra', 'publisher'])
  })
})

describe('the route', () => {
  it('sends an aligned table where text is asked for', async () => {
    await app.configure({ sftpPassword: 'another' })
    const answers = [
      await app.post('check?format=text'),
      await app.post('check', { headers: { accept: 'text/plain' } }),
    ]
    for (const answer of answers) {
      expect(answer.status).toBe(424)
      expect(answer.headers['content-type']).toMatch(/^text\/plain/)
      const lines = answer.body.toString('utf8').split('\n')
      const rows = lines.slice(0, ALL.length)
      expect(rows.map((line) => line.split(' ')[0])).toEqual(ALL)
      const columns = rows.map((line) => line.indexOf(' ms  '))
      expect(new Set(columns).size).toBe(1)
      expect(lines).toContain('1 of 15 checks failed. What to do:')
      expect(lines.at(-2)).toMatch(/^- publisher: Check sftpUser/)
    }
  })

  it('wants the token, then POST, and allows a few a minute', async () => {
    await app.configure({})
    await app.live(60_000)
    for (const token of [null, 'wrong']) {
      const { status, body: sent } = await app.post('check', { token })
      expect([status, sent.length]).toEqual([401, 0])
    }
    const get = await app.send('GET', 'check')
    expect([get.status, get.headers.allow, errorOf(get).code]).toEqual([
      405,
      'POST',
      'method_not_allowed',
    ])
    const answers = await Promise.all(Array.from({ length: 8 }, () => app.post('check')))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(3)
    for (const answer of refused) {
      expect(errorOf(answer).code).toBe('too_many_checks')
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    }
    expect((await app.post('check', { token: 'wrong' })).status).toBe(401)
  })

  it('may not be cached, tells no secret and nothing that an upstream said', () => {
    expect(cacheable(app)).toEqual([])
    const find = finderOf([SFTP_PASSWORD, CENTRA_TOKEN, 'Access denied', 'Unauthorized"'])
    expect(leaksIn(find, app.answers, [])).toEqual([])
  })

  it('leaves the app able to export', async () => {
    await app.configure({})
    expect((await app.exported()).status).toBe('completed')
    expect(await inDrop()).toEqual([])
  })
})
