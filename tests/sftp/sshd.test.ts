import { mkdir, mkdtemp, readdir, rm } from 'fs/promises'
import { homedir } from 'os'
import { join } from 'path'

import type { DeliveryError } from '../../node/delivery/publisher'
import type { SftpSettings } from '../../node/delivery/sftpPublisher'
import { unless } from '../e2e/support/skipped'
import { Sshd, type SshdSetUp, whyNoSshd } from '../e2e/support/sshd'
import { deliver, userKey, wayTo } from './shop'

const real = unless(whyNoSshd(), 'delivery to OpenSSH servers of several kinds')
const whyNoChroot = () => (process.getuid?.() === 0 ? undefined : 'only root may change the root')

let sshd: Sshd

const start = (set: (drop: string) => SshdSetUp = () => ({})) =>
  Sshd.start((drop) => ({ passphrase: '', ...set(drop) }))

afterEach(() => sshd?.stop())

async function deliverTo(
  more: Partial<SftpSettings> = {},
  hostKey = ''
): Promise<DeliveryError | undefined> {
  const key = { sftpPrivateKey: await sshd.privateKey(), sftpPassphrase: sshd.passphrase }
  const to = { sftpPort: sshd.port, sftpUser: sshd.user, sftpDirectory: sshd.drop }
  const way = wayTo({ ...to, ...key, ...more }, hostKey)
  const error = await deliver(way)
  await way.close()
  return error
}

const OLD = [
  'HostKeyAlgorithms ssh-rsa',
  'KexAlgorithms diffie-hellman-group14-sha1',
  'Ciphers aes128-cbc,aes256-cbc',
  'MACs hmac-sha1',
]

describe('SftpPublisher.publish to a real OpenSSH server', () => {
  real.each<[string, string[]]>([
    ['diffie-hellman-group14-sha1', OLD.slice(1)],
    ['ssh-rsa', OLD.slice(0, 1)],
    ['aes128-cbc, aes256-cbc', OLD.slice(2)],
  ])(
    'names what an old one offers, and works where old algorithms are allowed: %s',
    async (name, config) => {
      sshd = await start(() => ({ config, hostKeys: ['rsa'] }))
      const error = await deliverTo()
      expect(error).toMatchObject({ code: 'sftp_algorithms', final: true })
      expect(error?.message).toContain(`the server offers ${name} (old).`)
      expect(await deliverTo({ sftpLegacyAlgorithms: true })).toBeUndefined()
    }
  )

  real('asks for the host key that is pinned, of several', async () => {
    sshd = await start(() => ({ hostKeys: ['ed25519', 'rsa'] }))
    expect(await deliverTo({}, await sshd.fingerprint('rsa'))).toBeUndefined()
    expect(await deliverTo({}, await sshd.fingerprint('ed25519'))).toBeUndefined()
    const error = await deliverTo({}, `SHA256:${'A'.repeat(43)}`)
    expect(error?.code).toBe('sftp_host_key')
    expect(error?.message).toContain(await sshd.fingerprint('rsa'))
    expect(error?.message).toContain(await sshd.fingerprint('ed25519'))
  })

  real('takes a disconnect after too many tries for a refused login', async () => {
    sshd = await start(() => ({ config: ['MaxAuthTries 1'] }))
    const error = await deliverTo({ sftpPrivateKey: userKey().private })
    expect(error).toMatchObject({ code: 'sftp_auth', final: true })
    expect(error?.message).not.toMatch(/file|directory/i)
  })

  real.each<[string, (drop: string) => SshdSetUp, Partial<SftpSettings>]>([
    ['without posix-rename', () => ({ subsystem: 'internal-sftp -P posix-rename' }), {}],
    [
      'that lets nobody list or look',
      () => ({ subsystem: 'internal-sftp -P opendir,readdir,stat,lstat' }),
      {},
    ],
    [
      'that begins elsewhere, by a relative path',
      (drop) => ({ subsystem: `internal-sftp -d ${join(drop, '..')}` }),
      { sftpDirectory: 'drop' },
    ],
    ['with a banner', () => ({ config: ['Banner /etc/passwd'] }), {}],
  ])('%s works', async (_, set, settings) => {
    sshd = await start(set)
    expect(await deliverTo(settings)).toBeUndefined()
    expect(await readdir(sshd.drop)).toEqual([expect.stringMatching(/^stock-.*\.xml$/)])
  })

  real.each<[string, SshdSetUp, string, string]>([
    ['forbids to rename', { subsystem: 'internal-sftp -P rename' }, 'sftp_path', 'the rename of'],
    ['allows no session', { config: ['MaxSessions 0'] }, 'sftp_down', 'too many'],
    ['has no SFTP', { subsystem: '' }, 'sftp_unsupported', 'no SFTP for user'],
    [
      'prints a text first',
      { config: ['ForceCommand /bin/echo Welcome'] },
      'sftp_unsupported',
      'login script',
    ],
    ['is read-only', { subsystem: 'internal-sftp -R' }, 'sftp_path', 'permission denied'],
  ])(
    'fails with the reason if the server %s, and leaves no file',
    async (_, setUp, code, words) => {
      sshd = await start(() => setUp)
      const error = await deliverTo()
      expect(error?.code).toBe(code)
      expect(error?.message).toContain(words)
      expect(await readdir(sshd.drop)).toEqual([])
    }
  )

  unless(whyNoSshd() ?? whyNoChroot(), 'delivery to an OpenSSH server with another root')(
    'with a changed root names where the session begins, and works with a path below it',
    async () => {
      // Each folder above has to be root's alone, which those for temporary files are not.
      const root = await mkdtemp(join(homedir(), 'sshd-root-'))
      await mkdir(join(root, 'in'))
      sshd = await start(() => ({ config: [`ChrootDirectory ${root}`] }))
      const error = await deliverTo({ sftpDirectory: join(root, 'in') })
      expect(error?.message).toContain('the session begins in /.')
      expect(await deliverTo({ sftpDirectory: '/in' })).toBeUndefined()
      expect(await deliverTo({ sftpDirectory: 'in' })).toBeUndefined()
      expect(await readdir(join(root, 'in'))).toHaveLength(2)
      await rm(root, { recursive: true })
    }
  )
})
