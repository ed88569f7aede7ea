import { mkdtemp, readdir, readFile, rm, writeFile } from 'fs/promises'
import { tmpdir } from 'os'
import { join } from 'path'
import { newToken, ownSettings, rateOf, usedFrom } from './local-settings'
import { LiveSettings, readForm, readSettingsFile } from './settings'

const MANIFEST = join(__dirname, '..', '..', 'manifest.json')
const GIVEN = {
  skuIdentifier: 'ean',
  sftpHost: 'sftp.example.com',
  sftpPassword: 'secret-sftp',
  centraUrl: 'https://a.centra.com/api/x',
  centraToken: 'secret-centra',
  token: 'secret-token',
  fullSchedule: '0 3 * * *',
  sftpFilePrefix: 'shop',
}

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'live-settings-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const file = () => join(directory, 'settings.json')
const store = async () => new LiveSettings(file(), await readForm(MANIFEST))
const everything = async () => {
  const names = await readdir(directory)
  return Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')))
}

describe('readForm', () => {
  it('knows the secrets of the form', async () => {
    const { names, secrets } = await readForm(MANIFEST)
    expect(names).toEqual(expect.arrayContaining(['sftpHost', ...secrets]))
    expect(secrets).toEqual(
      expect.arrayContaining(['token', 'previousToken', 'sftpPassword', 'sftpPrivateKey'])
    )
    expect(secrets).toEqual(expect.arrayContaining(['sftpPassphrase', 'centraToken']))
    expect(secrets).not.toContain('sftpHost')
  })
})

describe('readSettingsFile', () => {
  it.each([
    ['{"sftpPassword": "secret", }', 'the file is not JSON'],
    ['secret', 'the file is not JSON'],
    ['["secret"]', 'expected a JSON object'],
    ['{"secretName": "secret"}', 'unknown settings (1)'],
    ['{"centraUrl": "https://me:secret@a.centra.com/api"}', 'centraUrl: expected an address'],
  ])('refuses %s, and repeats nothing of it', async (content, message) => {
    await writeFile(file(), content)
    const form = await readForm(MANIFEST)
    const reading = readSettingsFile(file(), form).then(
      () => 'accepted',
      (error: Error) => error.message
    )
    expect(await reading).toContain(message)
    expect(await reading).not.toContain('secret')
  })

  it('says that there is no file', async () => {
    const form = await readForm(MANIFEST)
    await expect(readSettingsFile(file(), form)).rejects.toThrow('there is no such file')
  })
})

describe('LiveSettings', () => {
  it('writes no secret, and remembers the rest', async () => {
    const first = await store()
    const values = await first.load(GIVEN, usedFrom(false))
    expect(values).toEqual({
      skuIdentifier: 'ean',
      centraUrl: 'https://a.centra.com/api/x',
      centraToken: 'secret-centra',
      sftpFilePrefix: 'shop',
    })
    first.use({ ...values, token: 'secret-own' })
    await first.save({ ...values, token: 'secret-own' })
    expect(await first.read()).toEqual({ ...values, token: 'secret-own' })
    const written = await everything()
    expect(written).toHaveLength(1)
    expect(written.join()).not.toContain('secret-')
    expect(written.join()).toContain('sftp.example.com')
  })

  it('takes the last run where no file is given, if it needs no secrets', async () => {
    const { centraToken, ...open } = GIVEN
    await (await store()).load(open, usedFrom(false))
    expect(await (await store()).load(undefined, usedFrom(false))).toEqual({
      skuIdentifier: 'ean',
      centraUrl: 'https://a.centra.com/api/x',
      sftpFilePrefix: 'shop',
    })
  })

  it('wants the file again where the last run had secrets', async () => {
    await (await store()).load(GIVEN, usedFrom(false))
    await expect((await store()).load(undefined, usedFrom(false))).rejects.toThrow(
      'expected the file again, since secrets of the last run (centraToken) were not kept'
    )
  })

  it('loads empty settings if none were ever given', async () => {
    expect(await (await store()).load(undefined, usedFrom(false))).toEqual({})
  })
})

describe('the settings of a live run', () => {
  it("include the publisher's if it delivers, and never token and schedules", () => {
    const names = Object.keys(GIVEN)
    expect(names.filter(usedFrom(true))).toEqual(
      names.filter((name) => !['token', 'fullSchedule'].includes(name))
    )
    for (const name of ['icmPassword', 'iomShopId', 'delivery', 'sftpPrivateKey', 'sftpPort']) {
      expect([name, usedFrom(false)(name), usedFrom(true)(name)]).toEqual([name, false, true])
    }
  })

  it('set a token, a rate and a local SFTP folder of its own, and no schedules', () => {
    const intershop = { sftp: { port: 4711 }, hostKeyFingerprint: 'SHA256:a' } as Parameters<
      typeof ownSettings
    >[2]
    const own = { token: 't', updateSchedule: '', fullSchedule: '', maxRequestsPerMinute: 5 }
    expect(ownSettings('t', 5, undefined)).toEqual(own)
    expect(ownSettings('t', 5, intershop)).toMatchObject({
      ...own,
      sftpHost: '127.0.0.1',
      sftpPort: 4711,
    })
    expect(newToken()).not.toBe(newToken())
  })

  it('limit the rate to the lower of option and file', () => {
    expect(rateOf(600, {})).toBe(600)
    expect(rateOf(600, { maxRequestsPerMinute: 0 })).toBe(600)
    expect(rateOf(600, { maxRequestsPerMinute: 120 })).toBe(120)
    expect(rateOf(60, { maxRequestsPerMinute: 120 })).toBe(60)
  })
})
