import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel'
import { createHash, timingSafeEqual } from 'crypto'
import { Client, type SFTPWrapper, utils } from 'ssh2'

import { algorithms, OfferedAlgorithms } from './sftpAlgorithms'
import { SftpError } from './sftpError'
import { readPrivateKey } from './sftpKey'
import { type Credentials, Login } from './sftpLogin'

/** Where and as whom to connect. */
export interface SftpAccess {
  host: string
  port: number
  user: string
  password?: string | undefined
  privateKey?: string | undefined
  passphrase?: string | undefined
  /** Whether algorithms of old servers are allowed, too. */
  legacyAlgorithms?: boolean | undefined
  /** Is the server with this key (SHA256 fingerprint, as ssh-keygen -l prints it) the right one? */
  acceptHostKey(fingerprint: string): boolean
}

const CONNECT_MS = 15_000
const STEP_MS = 10_000
export const FAREWELL_MS = 2_000
/** Each server takes as much in one packet, and ssh2 sends no more to most. */
const CHUNK_BYTES = 31_744

/** SSH's reasons to disconnect that mean the user: RFC 4253, 11.1. OpenSSH says 2 after too many tries. */
const LOGIN_REFUSED: ReadonlySet<unknown> = new Set([1, 2, 13, 14, 15])
const { STATUS_CODE } = utils.sftp

const patience = timeout(STEP_MS, TimeoutStrategy.Aggressive)
const farewell = timeout(FAREWELL_MS, TimeoutStrategy.Aggressive)

/** SHA256:... of a host key, the form that OpenSSH prints. */
const fingerprintOf = (key: Buffer) =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** Whether two fingerprints are the same, with or without their prefix and padding. */
export function sameFingerprint(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) =>
    createHash('sha256')
      .update(text.trim().replace(/^SHA256:|=+$/g, ''))
      .digest()
  ) as [Buffer, Buffer]
  return timingSafeEqual(left, right)
}

/** The steps that a delivery takes at an SFTP server. */
export type SftpConnection = Pick<
  Sftp,
  'isOpen' | 'exists' | 'write' | 'rename' | 'remove' | 'list' | 'close'
>

/** One connection to an SFTP server. */
export class Sftp {
  /** Until either side ended it. */
  isOpen = true
  private readonly ended: Promise<never>

  private constructor(
    private readonly client: Client,
    private readonly sftp: SFTPWrapper
  ) {
    this.ended = new Promise((_, reject) => {
      const end = () => {
        this.isOpen = false
        client.end()
        reject(new EndedError())
      }
      client.on('close', end)
      sftp.on('close', end).on('error', end)
    })
    this.ended.catch(() => undefined)
  }

  /** @throws {SftpError} */
  static async connect(access: SftpAccess): Promise<Sftp> {
    const { user, password, privateKey, passphrase } = access
    const key = privateKey?.trim() ? readPrivateKey(privateKey, passphrase) : undefined
    const client = await logIn(access, { user, password, key }, new Map())
    try {
      const open = () => called<SFTPWrapper>((done) => client.sftp(done))
      return new Sftp(client, await patience.execute(open))
    } catch (thrown) {
      client.end()
      throw sessionError(thrown, user)
    }
  }

  /** Whether there is a file of this name. @throws {SftpError} */
  async exists(path: string): Promise<boolean> {
    return (await this.sizeOf(path)) !== undefined
  }

  /** Writes a file whole; over another of that name. @throws {SftpError} */
  async write(path: string, content: Buffer): Promise<void> {
    const { sftp } = this
    const what = `writing ${path}`
    const handle = await this.step<Buffer>(what, (done) => sftp.open(path, 'w', done)).catch(
      async (thrown) => {
        throw thrown instanceof NoSuchFileError ? await this.withHome(thrown) : thrown
      }
    )
    try {
      // All at once, as other clients do: one after the other, each would take the time there and back.
      const chunks = Array.from({ length: Math.ceil(content.length / CHUNK_BYTES) }, (_, index) => {
        const start = index * CHUNK_BYTES
        const length = Math.min(CHUNK_BYTES, content.length - start)
        return this.step<void>(what, (done) =>
          sftp.write(handle, content, start, length, start, done)
        )
      })
      await Promise.all(chunks)
    } finally {
      await this.step<void>(what, (done) => sftp.close(handle, done))
    }
    // Half a file must not be renamed. Some servers let nobody look.
    const size = await this.sizeOf(path).catch(() => undefined)
    if (size !== undefined && size !== content.length) {
      const arrived = `${size} of ${content.length} bytes arrived`
      throw new SftpError('down', `${what}: ${arrived}; the disk may be full`)
    }
  }

  /** Gives a file its final name. SFTP version 3 may refuse to rename onto a file. @throws {SftpError} */
  async rename(from: string, to: string): Promise<void> {
    await this.step<void>(`the rename of ${from}`, (done) => this.sftp.rename(from, to, done))
  }

  /** Removes a file; fine where there is none. @throws {SftpError} */
  async remove(path: string): Promise<void> {
    try {
      await this.step<void>(`removing ${path}`, (done) => this.sftp.unlink(path, done))
    } catch (thrown) {
      if (!(thrown instanceof NoSuchFileError)) throw thrown
    }
  }

  /** Names and ages (UTC milliseconds) of the files in a directory. @throws {SftpError} */
  async list(path: string): Promise<Array<{ name: string; modifiedAt: number }>> {
    type Entries = Parameters<Parameters<SFTPWrapper['readdir']>[1]>[1]
    const entries = await this.step<Entries>(`listing ${path}`, (done) =>
      this.sftp.readdir(path, done)
    )
    return entries.map(({ filename, attrs }) => ({
      name: filename,
      modifiedAt: attrs.mtime * 1000,
    }))
  }

  /** Ends the connection, whatever its state. */
  async close(): Promise<void> {
    this.client.end()
    await farewell.execute(() => this.ended).catch(() => undefined)
  }

  /** An account may see less of the server than the one who wrote down the path. */
  private async withHome(error: SftpError): Promise<SftpError> {
    const home = await this.step<string>('', (done) => this.sftp.realpath('.', done)).catch(
      () => ''
    )
    const known = /^[\x20-\x7e]{1,200}$/.test(home) ? `; the session begins in ${home}` : ''
    return new SftpError(error.kind, error.message + known)
  }

  private async sizeOf(path: string): Promise<number | undefined> {
    type Stats = Parameters<Parameters<SFTPWrapper['stat']>[1]>[1]
    try {
      return (await this.step<Stats>(`looking for ${path}`, (done) => this.sftp.stat(path, done)))
        .size
    } catch (thrown) {
      if (thrown instanceof NoSuchFileError) return undefined
      throw thrown
    }
  }

  private async step<T>(what: string, run: (done: Done<T>) => unknown): Promise<T> {
    try {
      return await patience.execute(() => Promise.race([called(run), this.ended]))
    } catch (thrown) {
      throw stepError(what, thrown)
    }
  }
}

type Done<T> = (error: Error | null | undefined, result: T) => void

const called = <T>(run: (done: Done<T>) => unknown): Promise<T> =>
  new Promise((resolve, reject) => {
    run((error, result) => (error ? reject(error) : resolve(result)))
  })

/**
 * Connects and logs in. A server may have several host keys and shows one: where that is not the expected one,
 * it is asked for those of other types.
 * @param refused fingerprints that were not the expected one, by type of the key
 */
async function logIn(
  access: SftpAccess,
  credentials: Credentials,
  refused: Map<string, string>
): Promise<Client> {
  const { host, port, user, legacyAlgorithms: legacy = false } = access
  const offered = new OfferedAlgorithms()
  const client = new Client()
  let shown: { type: string; fingerprint: string } | undefined
  let login: Login | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      const refuse = (why: string) => reject(new SftpError('auth', why))
      login = new Login(credentials, refuse)
      // Small packets that wait for the other side's acknowledgement would take 40 ms each (Nagle).
      client.on('connect', () => client.setNoDelay(true))
      client.on('ready', resolve)
      client.on('error', reject)
      client.on('close', () => reject(new EndedError()))
      client.on('change password', () => refuse(`the password of user ${user} has expired`))
      client.connect({
        host,
        port,
        username: user,
        authHandler: login.next,
        algorithms: algorithms(legacy, new Set(refused.keys())),
        debug: offered.hear,
        readyTimeout: CONNECT_MS,
        keepaliveInterval: 5_000,
        keepaliveCountMax: 3,
        hostVerifier: (key: Buffer) => {
          const fingerprint = fingerprintOf(key)
          if (access.acceptHostKey(fingerprint)) return true
          shown = { type: typeOf(key), fingerprint }
          return false
        },
      })
    })
    return client
  } catch (thrown) {
    client.destroy()
    if (!shown) throw connectError(thrown, access, offered, login?.hasBegun === true)
    refused.set(shown.type, shown.fingerprint)
    if (!offered.hasOtherHostKeys(legacy, new Set(refused.keys()))) {
      const all = [...refused.values()].join(', ')
      throw new SftpError('hostKey', `the server shows the host key ${all}`)
    }
  }
  return logIn(access, credentials, refused)
}

/** The type with which a public key's text begins, after its length. */
const typeOf = (key: Buffer) => key.subarray(4, 4 + key.readUInt32BE(0)).toString()

function connectError(
  thrown: unknown,
  { host, port, user }: SftpAccess,
  offered: OfferedAlgorithms,
  isLoggingIn: boolean
): SftpError {
  if (thrown instanceof SftpError) return thrown
  const { code, message } = (thrown ?? {}) as { code?: unknown; message?: unknown }
  const mismatch = offered.mismatch(String(message))
  if (mismatch) return new SftpError('algorithms', mismatch)
  if (isLoggingIn && LOGIN_REFUSED.has(code)) {
    return new SftpError('auth', `the server disconnected user ${user} while logging in`)
  }
  // Whatever its code: no file and no permission of the server's is meant before there is a session.
  const during = isLoggingIn ? `logging in at ${host}:${port}` : `connecting to ${host}:${port}`
  return new SftpError('down', `${during} failed${reasonOf(thrown)}`)
}

/** The login was accepted, and there is no SFTP all the same. */
function sessionError(thrown: unknown, user: string): SftpError {
  const { level, message, reason } = (thrown ?? {}) as Record<string, unknown>
  if (reason !== undefined) {
    return new SftpError('down', 'the server opens no session; it may have too many already')
  }
  if (message === 'Unable to start subsystem: sftp') {
    return new SftpError('unsupported', `the server has no SFTP for user ${user}`)
  }
  if (level === 'sftp-protocol') {
    const why = 'a login script may print something, or the account may have no SFTP'
    return new SftpError(
      'unsupported',
      `the server answers user ${user} otherwise than SFTP; ${why}`
    )
  }
  return new SftpError('down', `opening an SFTP session failed${reasonOf(thrown)}`)
}

class NoSuchFileError extends SftpError {
  constructor(what: string) {
    super('path', `${what}: no such file or directory`)
  }
}

function stepError(what: string, thrown: unknown): SftpError {
  const { code } = (thrown ?? {}) as { code?: unknown }
  if (code === STATUS_CODE.NO_SUCH_FILE) return new NoSuchFileError(what)
  if (code === STATUS_CODE.PERMISSION_DENIED) {
    return new SftpError('path', `${what}: permission denied`)
  }
  if (code === STATUS_CODE.OP_UNSUPPORTED) {
    return new SftpError('unsupported', `${what}: the server does not support it`)
  }
  return new SftpError('down', `${what} failed${reasonOf(thrown)}`)
}

/** In words of ours, or of the system's. */
function reasonOf(thrown: unknown): string {
  const { code, level } = (thrown ?? {}) as { code?: unknown; level?: unknown }
  if (typeof code === 'string' && /^E[A-Z_]{2,30}$/.test(code)) return ` (${code})`
  // Version 3 has one word for a full disk, a file that exists and everything else.
  if (code === STATUS_CODE.FAILURE) return ' (the server gives no reason; its disk may be full)'
  const isLate = thrown instanceof TaskCancelledError || level === 'client-timeout'
  if (isLate) return ' (timed out)'
  return thrown instanceof EndedError || level === 'protocol' ? ' (the server closed it)' : ''
}

/** The connection ended, whoever ended it. */
class EndedError extends Error {}
