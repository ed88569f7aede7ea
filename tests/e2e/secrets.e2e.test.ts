import { readFileSync } from 'fs'
import { join } from 'path'
import { utils } from 'ssh2'
import { z } from 'zod'

import type { FaultRule } from '../../sandbox/platform'
import { COMMERCE_HOST } from '../../sandbox/world/commerce/api/listener'
import { SFTP_PASSWORD } from '../../sandbox/world/intershop/intershop'
import { noSftpFaults, type SftpFaults } from '../../sandbox/world/intershop/sftp/sftp-faults'
import { App } from './support/app'
import { eventually } from './support/eventually'
import { json } from './support/http'
import { finderOf, leaksIn, MARK, secret } from './support/leaks'
import { hasEnded, parseReport, type Report } from './support/report'

const manifest = z
  .object({
    settingsSchema: z.object({
      properties: z.record(z.string(), z.object({ format: z.string().optional() })),
    }),
  })
  .parse(JSON.parse(readFileSync(join(__dirname, '..', '..', 'manifest.json'), 'utf8')))

const SETTINGS = Object.entries(manifest.settingsSchema.properties)
const PASSWORDS = SETTINGS.filter(([, { format }]) => format === 'password').map(([name]) => name)
/** What the parser knows before the form does. */
const NOT_IN_THE_FORM = ['centraUrl', 'icmUrl']
/** Settings of which any text will do. */
const FREE_TEXTS = [
  ...['excludedWarehouses', 'quantityAttribute', 'sftpHost', 'sftpUser', 'sftpDirectory'],
  ...['deliverFromWorkspace'],
]

const TOKENS = { token: secret('token').slice(0, -1), previousToken: secret('previous') }
/** No header of a request can say what is not Latin-1, nor should a token. */
const { token } = TOKENS
/** Each way for a caller to tell a secret to the wrong ear. */
const HEADERS = Object.fromEntries(
  [
    ...['authorization', 'proxy-authorization', 'cookie', 'user-agent', 'referer', 'origin'],
    ...['x-vtex-credential', 'x-vtex-segment', 'x-vtex-session', 'x-vtex-caller', 'x-vtex-locale'],
    ...['vtexidclientautcookie', 'x-vtex-api-appkey', 'x-vtex-api-apptoken', 'x-custom'],
    ...['x-request-id', 'x-forwarded-for', 'uber-trace-id', 'accept-language', 'if-none-match'],
  ].map((name) => [name, `Bearer ${MARK}-${name}`])
)

const UNKNOWN = '20200101T000000000-0123456789ab'

let app: App
let find: (where: string) => string[]
let found: string[]
const looked = new Map<string, string>()
let answersLooked = 0

beforeAll(async () => {
  app = await App.start({ skus: 12, standby: true })
  const { private: key } = utils.generateKeyPairSync('ed25519', KEY_OPTIONS)
  encryptedKey = key
  const [, keyLine = ''] = key.split('\n')
  find = finderOf([MARK, SFTP_PASSWORD, keyLine, app.platform.credential])
})

afterAll(() => app.stop())

beforeEach(() => {
  found = []
})

afterEach(async () => {
  app.platform.faults.clear()
  Object.assign(app.intershop.sftp.faults, noSftpFaults())
  await look()
  expect(found).toEqual([])
})

let encryptedKey: string
const KEY_OPTIONS = { cipher: 'aes256-ctr', passphrase: 'another', rounds: 4 }

/** Looks at all that was said and written since the last look; documents come and go. */
async function look() {
  const { answers } = app
  const files = (await app.written()).filter(({ path, text }) => looked.get(path) !== text)
  found.push(...leaksIn(find, answers.slice(answersLooked), files))
  answersLooked = answers.length
  for (const { path, text } of files) looked.set(path, text)
}

const ask = (method: string, path: string) => app.send(method, path, { token, headers: HEADERS })

async function accepted(path = 'export') {
  const answer = await ask('POST', path)
  expect([path, answer.status]).toEqual([path, 200])
  return String(answer.headers['x-export-id'])
}

/** Accepts an export while no event gets through. */
async function acceptedUnheard() {
  app.platform.courier.behaviour.lost = 1
  const id = await accepted()
  app.platform.courier.behaviour.lost = 0
  return id
}

const reportOf = async (id: string) => parseReport(json(await ask('GET', `exports/${id}`)))

function ended(id: string): Promise<Report> {
  return eventually(`the end of export ${id}`, async () => {
    const report = await reportOf(id)
    return hasEnded(report) ? report : undefined
  })
}

/** Sets everything that is secret to something recognisable, and something more. */
const configure = (more: Record<string, unknown>) =>
  app.configure({ ...TOKENS, sftpPassword: secret('sftpPassword'), ...more })

describe('no secret is in any answer, log line, document or file', () => {
  it('is looked for in what there is: documents, events, the drop, the log', async () => {
    await configure({ sftpPassword: SFTP_PASSWORD })
    expect((await ended(await accepted())).status).toBe('completed')
    await app.intershop.idle()
    const files = await app.written()
    for (const part of ['/vbase/ended/', '/vbase/delivered/', 'intershop/archive/', 'app.log']) {
      expect([part, files.some(({ path }) => path.includes(part))]).toEqual([part, true])
    }
    expect(files.some(({ text }) => text.includes('StockQuantity'))).toBe(true)
    expect(files.some(({ text }) => text.includes('"route":"export"'))).toBe(true)
  })

  describe('while settings are wrong', () => {
    const asObject = { [MARK]: secret('value') }
    const parsed = [...SETTINGS.map(([name]) => name), ...NOT_IN_THE_FORM].filter(
      (name) => !(name in TOKENS)
    )
    const withForm = parsed.filter(
      (name) => !PASSWORDS.includes(name) && !FREE_TEXTS.includes(name)
    )

    it.each<[string, readonly string[], (name: string) => unknown]>([
      ['no texts', parsed, () => asObject],
      ['lists', parsed, (name) => (name === 'excludedWarehouses' ? [asObject] : [secret(name)])],
      ['texts', withForm, (name) => `https://${secret(name)}?${MARK}`],
    ])('being %s', async (_, names, value) => {
      await configure(Object.fromEntries(names.map((name) => [name, value(name)])))
      const { status, error } = await ended(await accepted())
      expect([status, error?.code]).toEqual(['failed', 'settings_invalid'])
      for (const name of names) expect(error?.message).toContain(`${name}: expected`)
    })

    it('being no tokens', async () => {
      await configure({ token: asObject, previousToken: [asObject] })
      for (const path of ['export', 'update']) expect((await ask('POST', path)).status).toBe(401)
    })
  })

  describe('while the SFTP server', () => {
    it.each<[string, () => Record<string, unknown>, string]>([
      ['refuses the password', () => ({}), 'sftp_auth'],
      ['is shown no key', () => ({ sftpPrivateKey: secret('key') }), 'sftp_auth'],
      [
        'is not reached, as the key wants another passphrase',
        () => ({ sftpPrivateKey: encryptedKey, sftpPassphrase: secret('passphrase') }),
        'sftp_auth',
      ],
      ['is another', () => ({ sftpHostKey: `SHA256:${MARK.padEnd(43, 'A')}` }), 'sftp_host_key'],
      [
        'has no such directory',
        () => ({ sftpPassword: SFTP_PASSWORD, sftpDirectory: '/not/there' }),
        'sftp_path',
      ],
    ])('%s', async (_, settings, code) => {
      await configure(settings())
      const { status, error } = await ended(await accepted())
      expect([status, error?.code]).toEqual(['failed', code])
    })

    it.each<[string, Partial<SftpFaults>]>([
      ['breaks off', { refuse: true }],
      ['is cut off', { cuts: 100, cutAfterBytes: 100 }],
      ['is full', { diskFull: true }],
    ])('%s', async (_, faults) => {
      Object.assign(app.intershop.sftp.faults, faults)
      await configure({ sftpPassword: SFTP_PASSWORD })
      const id = await accepted()
      await eventually('a setback', async () => {
        return (await app.platform.vbase.files('setbacks', id))[0]
      })
      await look()
      expect((await ask('DELETE', `exports/${id}`)).status).toBe(202)
      await ended(id)
    })
  })

  describe('while it fails at', () => {
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

    beforeAll(() => configure({ sftpPassword: SFTP_PASSWORD }))

    it.each(bad)('sellers: a list that %s', async (_, fault) => {
      const path = '/api/seller-register/'
      app.platform.faults.add({ upstream: COMMERCE_HOST, path, times: 2, ...fault })
      expect([200, 404]).toContain((await ask('POST', 'export/seller/abc')).status)
      expect(app.platform.faults.list().map(({ injected }) => injected > 0)).toEqual([true])
    })

    it.each(bad)('catalog and logistics: an upstream that %s', async (_, fault) => {
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
        await ended(await accepted('update'))
        if (faults.list().every(({ injected }) => injected > 0)) return
      }
      throw new Error('not every fault struck')
    })

    it('logistics for some SKUs, again and again', async () => {
      const ids = [...app.commerce.catalog.ids()]
      const lasting = bad.filter(([kind]) => /500|shape|JSON|page/.test(kind))
      lasting.forEach(([, fault], index) => {
        const path = `inventory/skus/${ids[index]}(\\?|$)`
        app.platform.faults.add({ upstream: COMMERCE_HOST, path, ...fault })
      })
      const report = await ended(await accepted())
      expect([report.status, report.failures.length]).toEqual(['completedWithErrors', 4])
    })

    /** What is answered to those who ask meanwhile. */
    async function statusesWhile(upstream: string, id: string) {
      const answers = await Promise.all([
        ask('POST', 'export/start/2'),
        ask('GET', 'exports'),
        ask('DELETE', `exports/${id}`),
      ])
      await look()
      app.platform.faults.clear()
      return answers.map(({ status }) => `${upstream}: ${status}`)
    }

    it.each(bad)('events and storage: an upstream that %s', async (_, fault) => {
      const waiting = await acceptedUnheard()
      app.platform.faults.add({ upstream: 'courier', ...fault })
      const told = await statusesWhile('courier', waiting)
      app.platform.faults.add({ upstream: 'vbase', ...fault })
      expect([...told, ...(await statusesWhile('vbase', UNKNOWN))]).toContain('vbase: 503')
    })

    it('settings: an answer of each of these kinds', async () => {
      for (const [kind, fault] of bad) {
        app.platform.faults.add({ upstream: 'apps', ...fault })
        await app.restartWorkers()
        const status = kind === 'answers another shape' ? 401 : 503
        const told = await statusesWhile('apps', UNKNOWN)
        expect([kind, told]).toEqual([kind, Array(3).fill(`apps: ${status}`)])
      }
      // What was read of the settings is remembered.
      await app.restartWorkers()
    })
  })

  it('when callers tell theirs to the wrong ear', async () => {
    await configure({ sftpPassword: SFTP_PASSWORD })
    const statuses = new Set<number>()
    const paths = [
      'update',
      'export/start/x',
      'export/seller/abc',
      'exports',
      'exports/abc',
      'none',
    ]
    for (const path of paths.flatMap((plain) => [plain, `${plain}?token=${MARK}`])) {
      for (const method of ['POST', 'GET', 'DELETE', 'OPTIONS']) {
        for (const given of [token, `${MARK}-given`, MARK.repeat(150), null]) {
          const body = method === 'POST' && given !== token ? `{"token":"${MARK}"}` : ''
          const sent = { token: given, headers: HEADERS, body }
          statuses.add((await app.send(method, path, sent)).status)
        }
      }
    }
    statuses.add((await app.post('export', { token, body: MARK.repeat(2_000) })).status)
    const encoded = { token, headers: { ...HEADERS, 'content-encoding': MARK }, body: MARK }
    statuses.add((await app.post('export', encoded)).status)
    expect([...statuses].sort()).toEqual([200, 400, 401, 404, 405, 413])
  })
})
