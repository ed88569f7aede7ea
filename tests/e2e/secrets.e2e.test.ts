import { readFileSync } from 'fs'
import { join } from 'path'
import { z } from 'zod'

import { SFTP_PASSWORD } from '../../sandbox/world/intershop/intershop'
import type { SftpFaults } from '../../sandbox/world/intershop/sftp/sftp-faults'
import type { App } from './support/app'
import { eventually } from './support/eventually'
import { MARK, secret } from './support/leaks'
import { HEADERS, TOKENS, Watched } from './support/watched'

const manifest = z
  .object({
    settingsSchema: z.object({
      properties: z.record(z.string(), z.object({ format: z.string().optional() })),
    }),
  })
  .parse(JSON.parse(readFileSync(join(__dirname, '..', '..', 'manifest.json'), 'utf8')))

const SETTINGS = Object.entries(manifest.settingsSchema.properties)
const PASSWORDS = SETTINGS.filter(([, { format }]) => format === 'password').map(([name]) => name)
/** No export fails for these: the list of exports tells of them. */
const SCHEDULES = ['updateSchedule', 'fullSchedule']
/** A wrong one fails no export. */
const READ_APART = [...SCHEDULES, 'adminEmail', 'alertWebhook']
/** Settings of which any text will do. */
const FREE_TEXTS = [
  ...['excludedWarehouses', 'quantityAttribute', 'sftpUser', 'sftpDirectory'],
  ...['deliverFromWorkspace', 'icmOrganization', 'icmUnit', 'icmDomain'],
]

let watched: Watched
let app: App

beforeAll(async () => {
  watched = await Watched.start()
  app = watched.app
})

afterAll(() => app.stop())

afterEach(async () => expect(await watched.leaksSoFar()).toEqual([]))

describe('secrets', () => {
  it('get searched for in documents, events, files and the log', async () => {
    await watched.configure({ sftpPassword: SFTP_PASSWORD })
    expect((await watched.exported()).status).toBe('completed')
    await app.intershop.idle()
    const files = await app.written()
    for (const part of ['/vbase/ended/', '/vbase/receipts/', 'intershop/archive/', 'app.log']) {
      expect([part, files.some(({ path }) => path.includes(part))]).toEqual([part, true])
    }
    expect(files.some(({ text }) => text.includes('StockQuantity'))).toBe(true)
    expect(files.some(({ text }) => text.includes('"route":"export"'))).toBe(true)
  })

  describe('with invalid settings', () => {
    const asObject = { [MARK]: secret('value') }
    const parsed = SETTINGS.map(([name]) => name).filter(
      (name) => !(name in TOKENS) && !READ_APART.includes(name)
    )
    const withForm = parsed.filter(
      (name) => !PASSWORDS.includes(name) && !FREE_TEXTS.includes(name)
    )

    it.each<[string, readonly string[], (name: string) => unknown]>([
      ['no texts', parsed, () => asObject],
      ['lists', parsed, (name) => (name === 'excludedWarehouses' ? [asObject] : [secret(name)])],
      ['texts', withForm, (name) => `https://${secret(name)}?${MARK}`],
    ])('stay hidden if values are %s', async (_, names, value) => {
      await watched.configure(Object.fromEntries(names.map((name) => [name, value(name)])))
      const { status, error } = await watched.exported()
      expect([status, error?.code]).toEqual(['failed', 'settings_invalid'])
      for (const name of names) expect(error?.message).toContain(`${name}: expected`)
    })

    it.each<[string, (name: string) => unknown]>([
      ['no texts', () => asObject],
      ['lists', (name) => [secret(name)]],
      ['texts', (name) => `*/5 * * * ${secret(name)}`],
    ])('stay hidden if schedules are %s', async (_, value) => {
      await watched.configure(Object.fromEntries(SCHEDULES.map((name) => [name, value(name)])))
      const { update, full } = await app.schedules({ token: TOKENS.token, headers: HEADERS })
      expect([update, full].map(({ status }) => status)).toEqual(['invalid', 'invalid'])
    })

    it('stay hidden if tokens are not text', async () => {
      await watched.configure({ token: asObject, previousToken: [asObject] })
      for (const path of ['export', 'update'])
        expect((await watched.ask('POST', path)).status).toBe(401)
    })
  })

  describe('with an SFTP server', () => {
    it.each<[string, () => Record<string, unknown>, string]>([
      ['refuses the password', () => ({}), 'sftp_auth'],
      ['is shown no key', () => ({ sftpPrivateKey: secret('key') }), 'sftp_auth'],
      [
        'is not reached, as the key wants another passphrase',
        () => ({ sftpPrivateKey: watched.encryptedKey, sftpPassphrase: secret('passphrase') }),
        'sftp_auth',
      ],
      ['is another', () => ({ sftpHostKey: `SHA256:${MARK.padEnd(43, 'A')}` }), 'sftp_host_key'],
      [
        'has no such directory',
        () => ({ sftpPassword: SFTP_PASSWORD, sftpDirectory: '/not/there' }),
        'sftp_path',
      ],
    ])('%s', async (_, settings, code) => {
      await watched.configure(settings())
      const { status, error } = await watched.exported()
      expect([status, error?.code]).toEqual(['failed', code])
    })

    it.each<[string, Partial<SftpFaults>]>([
      ['breaks off', { refuse: true }],
      ['is cut off', { cuts: 100, cutAfterBytes: 100 }],
      ['is full', { diskFull: true }],
    ])('%s', async (_, faults) => {
      Object.assign(app.intershop.sftp.faults, faults)
      await watched.configure({ sftpPassword: SFTP_PASSWORD })
      const id = await watched.accepted()
      await eventually('a failed attempt', async () => {
        return (await app.platform.vbase.files('attempts', id))[0]
      })
      await watched.look()
      expect((await watched.ask('DELETE', `exports/${id}`)).status).toBe(202)
      await watched.ended(id)
    })
  })

  it('stay hidden if clients send their token to the wrong route', async () => {
    await watched.configure({ sftpPassword: SFTP_PASSWORD })
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
        for (const given of [TOKENS.token, `${MARK}-given`, MARK.repeat(150), null]) {
          const body = method === 'POST' && given !== TOKENS.token ? `{"token":"${MARK}"}` : ''
          const sent = { token: given, headers: HEADERS, body }
          statuses.add((await app.send(method, path, sent)).status)
        }
      }
    }
    statuses.add(
      (await app.post('export', { token: TOKENS.token, body: MARK.repeat(2_000) })).status
    )
    const encoded = {
      token: TOKENS.token,
      headers: { ...HEADERS, 'content-encoding': MARK },
      body: MARK,
    }
    statuses.add((await app.post('export', encoded)).status)
    expect([...statuses].sort()).toEqual([200, 400, 401, 404, 405, 413])
  })
})
