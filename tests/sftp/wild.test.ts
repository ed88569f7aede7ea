import { createHash } from 'crypto'
import { utils } from 'ssh2'

import type { SftpSettings } from '../../node/delivery/sftpPublisher'
import type { SftpHabits } from '../../sandbox/world/intershop/sftp/habits'
import { until } from '../e2e/support/eventually'
import { Shop, userKey } from './shop'

let shop: Shop

afterEach(() => shop.close())

const rsa = utils.generateKeyPairSync('rsa', { bits: 2048 }).private
const user = userKey()
const both: Partial<SftpSettings> = { sftpPrivateKey: user.private }

describe('SftpPublisher.publish logs in', () => {
  it.each<[string, SftpHabits, Partial<SftpSettings>]>([
    ['with the password', { logIns: [['password']] }, {}],
    ['with the password at a prompt', { logIns: [['keyboard-interactive']] }, {}],
    ['with the key', { logIns: [['publickey']] }, { ...both, sftpPassword: '' }],
    ['with the key, then the password', { logIns: [['publickey', 'password']] }, both],
    ['with the password, then the key', { logIns: [['password', 'publickey']] }, both],
    ['with the key, then at a prompt', { logIns: [['publickey', 'keyboard-interactive']] }, both],
    ['after a banner', { banner: 'Authorized use only.\n'.repeat(50) }, {}],
    ['after lines that a proxy sends first', { greeting: 'Welcome\r\nto the proxy' }, {}],
  ])('%s', async (_, habits, settings) => {
    shop = await Shop.open(habits, user.public)
    expect(await shop.deliver(shop.way(settings))).toBeUndefined()
    expect(shop.files()).toEqual(['xml'])
  })

  it.each<[string, SftpHabits, Partial<SftpSettings>, string]>([
    ['the password is wrong', {}, { sftpPassword: 'no' }, 'it asks for a password'],
    ['a key is asked for and there is none', { logIns: [['publickey']] }, {}, 'a key'],
    [
      'a code is asked for, too',
      { logIns: [['keyboard-interactive']], prompts: ['Password: ', 'Code: '] },
      {},
      'more than a password',
    ],
    ['a second password is asked for', { logIns: [['password', 'password']] }, {}, 'a password'],
  ])('and fails for good where %s', async (_, habits, settings, words) => {
    shop = await Shop.open(habits, user.public)
    const error = await shop.deliver(shop.way(settings))
    expect(error).toMatchObject({ code: 'sftp_auth', final: true })
    expect(error?.message).toContain(words)
    expect(error?.message).toContain('sftpPassword')
  })
})

describe('SftpPublisher.publish meets a server with several host keys', () => {
  it('requests the pinned one, whichever the server shows first', async () => {
    shop = await Shop.open({ otherHostKeys: [rsa] })
    const key = utils.parseKey(rsa)
    if (key instanceof Error) throw key
    const pinned = fingerprint(key.getPublicSSH())
    expect(await shop.deliver(shop.way({}, pinned))).toBeUndefined()
    expect(await shop.deliver(shop.way({}, shop.hostKey.fingerprint))).toBeUndefined()
  })

  it('rejects with the name of each if none is pinned', async () => {
    shop = await Shop.open({ otherHostKeys: [rsa] })
    const error = await shop.deliver(shop.way({}, `SHA256:${'A'.repeat(43)}`))
    expect(error).toMatchObject({ code: 'sftp_host_key', final: true })
    expect(error?.message).toContain(shop.hostKey.fingerprint)
    expect(error?.message.match(/SHA256:/g)).toHaveLength(2)
  })
})

describe('SftpPublisher.publish meets a server that offers only', () => {
  it.each<[string, SftpHabits['algorithms'], string]>([
    [
      'diffie-hellman-group14-sha1',
      { kex: ['diffie-hellman-group14-sha1'] },
      'no key exchange algorithm is shared',
    ],
    ['aes256-cbc', { cipher: ['aes256-cbc'] }, 'no cipher is shared'],
  ])('rejects %s, unless old algorithms are allowed', async (name, algorithms, words) => {
    shop = await Shop.open({ algorithms, otherHostKeys: [rsa] })
    const error = await shop.deliver()
    expect(error).toMatchObject({ code: 'sftp_algorithms', final: true })
    expect(error?.message).toContain(`${words}; the server offers ${name} (old).`)
    expect(error?.message).toContain('sftpLegacyAlgorithms')
    expect(await shop.deliver(shop.way({ sftpLegacyAlgorithms: true }))).toBeUndefined()
  })

  it('rejects what is not even allowed as legacy', async () => {
    shop = await Shop.open({ algorithms: { hmac: ['hmac-md5'], cipher: ['aes256-ctr'] } })
    const error = await shop.deliver(shop.way({ sftpLegacyAlgorithms: true }))
    expect(error?.message).toContain('no MAC is shared; the server offers hmac-md5.')
  })
})

describe('SftpPublisher.publish meets a server that', () => {
  it.each<[string, SftpHabits, string, boolean, string]>([
    ['does not rename', { rename: 'unsupported' }, 'sftp_unsupported', true, 'does not support'],
    ['forbids to rename', { rename: 'denied' }, 'sftp_path', true, 'the rename of'],
    ['has no SFTP', { service: 'none' }, 'sftp_unsupported', true, 'no SFTP for user shop'],
    ['prints a text first', { service: 'text' }, 'sftp_unsupported', true, 'login script'],
    ['has too many sessions', { sessions: 0 }, 'sftp_down', false, 'too many'],
  ])('rejects and leaves no file if the server %s', async (_, habits, code, final, words) => {
    shop = await Shop.open(habits)
    const error = await shop.deliver()
    expect(error).toMatchObject({ code, final })
    expect(error?.message).toContain(words)
    expect(shop.files()).toEqual([])
  })

  it("rejects and leaves no file if the server's disk is full", async () => {
    shop = await Shop.open()
    shop.server.faults.diskFull = true
    const error = await shop.deliver()
    expect(error).toMatchObject({ code: 'sftp_down', final: false })
    expect(error?.message).toContain('disk may be full')
    expect(shop.files()).toEqual([])
  })

  it('removes the rest of a file after the connection was cut within it', async () => {
    shop = await Shop.open()
    const way = shop.way()
    Object.assign(shop.server.faults, { cuts: 1, cutAfterBytes: 100_000 })
    expect(await shop.deliver(way, 2_000)).toMatchObject({ code: 'sftp_down', final: false })
    expect(shop.files()).toEqual(['part'])
    expect(await shop.deliver(way, 2_000)).toBeUndefined()
    expect(shop.files()).toEqual(['xml'])
  })

  it('writes files also if the server forbids to list and stat', async () => {
    shop = await Shop.open({ blind: true })
    expect(await shop.deliver()).toBeUndefined()
    expect(shop.files()).toEqual(['xml'])
  })

  it('connects again if the server closed an idle connection', async () => {
    shop = await Shop.open({ idle: 50 })
    const way = shop.way()
    expect(await shop.deliver(way)).toBeUndefined()
    await until('the connection to be cut', () => shop.connection?.isOpen === false)
    expect(await shop.deliver(way)).toBeUndefined()
    expect(shop.server.connections()).toBe(2)
  })

  it('works again once the only allowed session was closed', async () => {
    shop = await Shop.open({ sessions: 1 })
    const first = shop.way()
    expect(await shop.deliver(first)).toBeUndefined()
    expect(await shop.deliver()).toMatchObject({ code: 'sftp_down' })
    await first.close()
    expect(await shop.deliver()).toBeUndefined()
  })

  it.each(['.', 'deep/er', '/home/deep/er'])(
    'writes below the home directory with the path %s',
    async (sftpDirectory) => {
      shop = await Shop.open({ home: '/home' })
      shop.mkdir('home/deep/er')
      expect(await shop.deliver(shop.way({ sftpDirectory }))).toBeUndefined()
      expect(shop.files(sftpDirectory === '.' ? 'home' : 'home/deep/er')).toContain('xml')
    }
  )

  it.each(['C:\\in', 'c:\\in', '/C:/in', 'C:/in', 'in', '.\\in'])(
    'writes to a Windows server with the path %s',
    async (sftpDirectory) => {
      shop = await Shop.open({ drive: 'C' })
      expect(await shop.deliver(shop.way({ sftpDirectory }))).toBeUndefined()
      expect(shop.files()).toEqual(['xml'])
    }
  )

  it("rejects a missing directory with its path and the session's start directory", async () => {
    shop = await Shop.open({ home: '/home' })
    const error = await shop.deliver(shop.way({ sftpDirectory: '/srv/sftp/shop/in' }))
    expect(error).toMatchObject({ code: 'sftp_path', final: true })
    expect(error?.message).toContain('/srv/sftp/shop/in')
    expect(error?.message).toContain('the session begins in /home')
  })
})

describe('SftpPublisher.check', () => {
  it.each<[string, SftpHabits, string | undefined]>([
    ['a plain server', {}, undefined],
    ['a server that forbids to list and stat', { blind: true }, undefined],
    ['a server that does not rename', { rename: 'unsupported' }, 'sftp_unsupported'],
    ['a server that forbids to rename', { rename: 'denied' }, 'sftp_path'],
    ['a server without SFTP', { service: 'none' }, 'sftp_unsupported'],
    ['a server with too many sessions', { sessions: 0 }, 'sftp_down'],
  ])('finds at %s what publishing would, and leaves no file', async (_, habits, code) => {
    shop = await Shop.open(habits)
    const check = shop.way().check()
    const found = await check.then(
      () => undefined,
      (error: unknown) => error
    )
    expect(found).toEqual(code === undefined ? undefined : expect.objectContaining({ code }))
    expect(shop.files()).toEqual([])
  })
})

describe('SftpPublisher.drop', () => {
  it('returns undefined at a server that forbids to list', async () => {
    shop = await Shop.open({ blind: true })
    const way = shop.way()
    expect(await way.drop?.()).toBeUndefined()
    expect(await shop.deliver(way)).toBeUndefined()
  })

  it('lists only some of a huge directory, and files are published there', async () => {
    shop = await Shop.open()
    for (let index = 0; index < 15_000; index++) shop.put(`strange-${index}`)
    const way = shop.way()
    expect(await way.drop?.()).toMatchObject({ files: 0, isPartial: true })
    expect(await shop.deliver(way)).toBeUndefined()
  })

  it('counts what was published', async () => {
    shop = await Shop.open()
    const way = shop.way()
    for (let index = 0; index < 250; index++) shop.put(`strange-${index}`)
    expect(await shop.deliver(way)).toBeUndefined()
    const drop = await way.drop?.()
    expect([drop?.files, drop?.isPartial]).toEqual([1, undefined])
  })
})

const fingerprint = (key: Buffer) =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
