import { type ChildProcess, execFile, spawn } from 'child_process'
import { once } from 'events'
import { existsSync } from 'fs'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'fs/promises'
import { createServer } from 'net'
import { tmpdir, userInfo } from 'os'
import { join } from 'path'
import { promisify } from 'util'

import { eventually } from './eventually'

const run = promisify(execFile)

const SSHD = '/usr/sbin/sshd'
/** Where sshd's unprivileged half lives; a package's service makes it, and nothing runs that here. */
const PRIVILEGE_SEPARATION = '/run/sshd'

/** Why no OpenSSH server can be started here, if none can. */
export const whyNoSshd = () =>
  existsSync(SSHD) ? undefined : `${SSHD} (openssh-server) is not installed`

/** How a server is set up beyond the plain one. */
export interface SshdSetUp {
  /** Lines of sshd_config; they count before the plain ones. */
  config?: string[]
  /** What follows `Subsystem sftp`; nothing: there is none. */
  subsystem?: string
  /** Types of its host keys. */
  hostKeys?: readonly ('ed25519' | 'rsa')[]
  /** Of the user's key; to read one that has some takes a second. */
  passphrase?: string
}

/** An OpenSSH server on 127.0.0.1 that knows one user, the one who runs the test, by one key. */
export class Sshd {
  readonly user = userInfo().username
  readonly passphrase: string
  /** Where the user may put files. */
  readonly drop: string
  private server: ChildProcess | undefined
  private stderr = ''

  private constructor(
    private readonly directory: string,
    readonly port: number,
    private readonly setUp: SshdSetUp
  ) {
    this.drop = join(directory, 'drop')
    this.passphrase = setUp.passphrase ?? 'a passphrase, "quoted"'
  }

  /** @param set its config, of the folder in which files may be put */
  static async start(set: (drop: string) => SshdSetUp = () => ({})): Promise<Sshd> {
    const directory = await mkdtemp(join(tmpdir(), 'sshd-'))
    const sshd = new Sshd(directory, await freePort(), set(join(directory, 'drop')))
    await mkdir(sshd.drop)
    await sshd.makeKey('user', sshd.passphrase)
    await copyFile(sshd.at('user.pub'), sshd.at('authorized_keys'))
    await writeFile(sshd.at('config'), sshd.config())
    await sshd.newHostKey()
    return sshd
  }

  /** The user's private key, encrypted, in OpenSSH's form. */
  privateKey(): Promise<string> {
    return readFile(this.at('user'), 'utf8')
  }

  /** The host key's fingerprint as OpenSSH prints it: `SHA256:...`. */
  async fingerprint(type: 'ed25519' | 'rsa' = 'ed25519'): Promise<string> {
    const { stdout } = await run('ssh-keygen', ['-l', '-f', this.at(`host-${type}.pub`)])
    return stdout.split(' ')[1] ?? ''
  }

  /** Starts the server anew with another host key. */
  async newHostKey(): Promise<void> {
    await this.end()
    for (const type of this.hostKeys) {
      await Promise.all(
        ['', '.pub'].map((end) => rm(this.at(`host-${type}${end}`), { force: true }))
      )
      await this.makeKey(`host-${type}`, '', type)
    }
    await this.begin()
  }

  async stop(): Promise<void> {
    await this.end()
    await rm(this.directory, { recursive: true, force: true })
  }

  private at(name: string): string {
    return join(this.directory, name)
  }

  private get hostKeys() {
    return this.setUp.hostKeys ?? (['ed25519'] as const)
  }

  private async makeKey(name: string, passphrase: string, type = 'ed25519'): Promise<void> {
    await run('ssh-keygen', [
      '-q',
      '-t',
      type,
      ...(type === 'rsa' ? ['-b', '2048'] : []),
      '-N',
      passphrase,
      '-f',
      this.at(name),
    ])
  }

  private config(): string {
    const { config = [], subsystem = 'internal-sftp' } = this.setUp
    return [
      ...config,
      `Port ${this.port}`,
      'ListenAddress 127.0.0.1',
      ...this.hostKeys.map((type) => `HostKey ${this.at(`host-${type}`)}`),
      'PidFile none',
      `AuthorizedKeysFile ${this.at('authorized_keys')}`,
      // A password would need PAM, and so a real account's.
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'StrictModes no',
      ...(subsystem ? [`Subsystem sftp ${subsystem}`] : []),
      '',
    ].join('\n')
  }

  private async begin(): Promise<void> {
    if (process.getuid?.() === 0) await mkdir(PRIVILEGE_SEPARATION, { recursive: true })
    this.stderr = ''
    const server = spawn(SSHD, ['-D', '-e', '-f', this.at('config')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.server = server
    server.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString('utf8')
    })
    await eventually('sshd to listen', () => {
      if (server.exitCode !== null) throw new Error(`sshd does not start: ${this.stderr}`)
      return this.stderr.includes('Server listening') || undefined
    })
  }

  private async end(): Promise<void> {
    const { server } = this
    this.server = undefined
    if (!server || server.exitCode !== null) return
    const ended = once(server, 'exit')
    server.kill('SIGTERM')
    await ended
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return address.port
}
