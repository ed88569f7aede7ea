import { TimeoutStrategy, timeout } from 'cockatiel'
import { createHash, timingSafeEqual } from 'crypto'
import SftpClient from 'ssh2-sftp-client'

/**
 * What went wrong between the app and an SFTP server:
 * - `auth`: user, password or key were not accepted
 * - `hostKey`: the server is not the one that is expected
 * - `path`: the directory is not there or may not be written
 * - `down`: no connection, a cut one, a full disk, or anything else that may pass
 */
export type SftpErrorKind = 'auth' | 'hostKey' | 'path' | 'down'

/** A failed step at an SFTP server. Names no secret. */
export class SftpError extends Error {
  constructor(
    readonly kind: SftpErrorKind,
    message: string
  ) {
    super(message)
  }
}

/** Where and as whom to connect. */
export interface SftpAccess {
  host: string
  port: number
  user: string
  password?: string | undefined
  privateKey?: string | undefined
  passphrase?: string | undefined
  /** Is the server with this key (SHA256 fingerprint, as ssh-keygen -l prints it) the right one? */
  acceptHostKey(fingerprint: string): boolean
}

const CONNECT_MS = 15_000
const STEP_MS = 10_000
export const FAREWELL_MS = 2_000

/** SFTP version 3: status codes. */
const NO_SUCH_FILE = 2
const PERMISSION_DENIED = 3

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

/**
 * A step is a small packet each way. Held back to be sent with more (Nagle), while the server holds back its
 * acknowledgement, each cost 40 ms (seen on Linux). ssh2-sftp-client offers no way but to the client in it.
 */
function sendAtOnce(client: SftpClient) {
  const { client: inner } = client as unknown as {
    client: { setNoDelay(noDelay: boolean): unknown }
  }
  inner.setNoDelay(true)
}

/** The steps that a delivery takes at an SFTP server. */
export type SftpConnection = Pick<Sftp, 'exists' | 'write' | 'rename' | 'remove' | 'list' | 'close'>

/** One connection to an SFTP server. */
export class Sftp {
  private constructor(private readonly client: SftpClient) {}

  /** @throws {SftpError} */
  static async connect(access: SftpAccess): Promise<Sftp> {
    const silent = () => undefined
    const client = new SftpClient('intershop', { error: silent, end: silent, close: silent })
    let level: unknown
    let refusedKey: string | undefined
    client.on('error', (error: { level?: unknown }) => {
      level = error.level
    })
    client.on('connect', () => sendAtOnce(client))
    try {
      await client.connect({
        host: access.host,
        port: access.port,
        username: access.user,
        ...(access.password && { password: access.password }),
        ...(access.privateKey && { privateKey: access.privateKey }),
        ...(access.passphrase && { passphrase: access.passphrase }),
        readyTimeout: CONNECT_MS,
        keepaliveInterval: 5_000,
        keepaliveCountMax: 3,
        hostVerifier: (key: Buffer) => {
          const fingerprint = fingerprintOf(key)
          if (access.acceptHostKey(fingerprint)) return true
          refusedKey = fingerprint
          return false
        },
      })
      return new Sftp(client)
    } catch (thrown) {
      await farewell.execute(() => client.end()).catch(silent)
      if (refusedKey) throw new SftpError('hostKey', `the server shows the host key ${refusedKey}`)
      if (level === 'client-authentication') {
        throw new SftpError('auth', `the server does not accept user ${access.user}`)
      }
      // ssh2 says so before it connects, in words that name no key and no passphrase.
      if (thrown instanceof Error && thrown.message.startsWith('Cannot parse privateKey')) {
        throw new SftpError('auth', 'the private key cannot be read, or needs another passphrase')
      }
      // Whatever its code: no file and no permission of the server's is meant before there is a session.
      throw down(`connecting to ${access.host}:${access.port}`, thrown)
    }
  }

  /** Whether there is a file of this name. @throws {SftpError} */
  async exists(path: string): Promise<boolean> {
    return (await this.step(`looking for ${path}`, () => this.client.exists(path))) !== false
  }

  /** Writes a file whole; over another of that name. @throws {SftpError} */
  async write(path: string, content: Buffer): Promise<void> {
    const what = `writing ${path}`
    await this.step(what, () => this.client.put(content, path))
    // The client takes a refused write for the end of the file (seen in 12.1.1, on a full disk).
    const { size } = await this.step(what, () => this.client.stat(path))
    if (size !== content.length) {
      throw new SftpError(
        'down',
        `${what}: ${size} of ${content.length} bytes arrived; the disk may be full`
      )
    }
  }

  /** Gives a file its final name. SFTP version 3 may refuse to rename onto a file. @throws {SftpError} */
  async rename(from: string, to: string): Promise<void> {
    await this.step(`renaming ${from}`, () => this.client.rename(from, to))
  }

  /** Removes a file; fine where there is none. @throws {SftpError} */
  async remove(path: string): Promise<void> {
    await this.step(`removing ${path}`, () => this.client.delete(path, true))
  }

  /** Names and ages (UTC milliseconds) of the files in a directory. @throws {SftpError} */
  async list(path: string): Promise<Array<{ name: string; modifiedAt: number }>> {
    const entries = await this.step(`listing ${path}`, () => this.client.list(path))
    return entries.map(({ name, modifyTime }) => ({ name, modifiedAt: modifyTime }))
  }

  /** Ends the connection, whatever its state. */
  async close(): Promise<void> {
    await farewell.execute(() => this.client.end()).catch(() => undefined)
  }

  private async step<T>(what: string, run: () => Promise<T>): Promise<T> {
    try {
      return await patience.execute(run)
    } catch (thrown) {
      throw toSftpError(what, thrown)
    }
  }
}

function toSftpError(what: string, thrown: unknown): SftpError {
  const { code } = (thrown ?? {}) as { code?: unknown }
  if (code === NO_SUCH_FILE || code === 'ENOENT') {
    return new SftpError('path', `${what}: no such file or directory`)
  }
  if (code === PERMISSION_DENIED || code === 'EACCES') {
    return new SftpError('path', `${what}: permission denied`)
  }
  return down(what, thrown)
}

function down(what: string, thrown: unknown): SftpError {
  const { code } = (thrown ?? {}) as { code?: unknown }
  const known = typeof code === 'string' && /^E[A-Z_]{2,30}$/.test(code) ? ` (${code})` : ''
  return new SftpError('down', `${what} failed${known}`)
}
