import { TimeoutStrategy, timeout } from 'cockatiel'
import { type Client, type SFTPWrapper, utils } from 'ssh2'
import { EndedError, isMissing, reasonOf, SftpError, stepError } from './sftpError'
import { logIn, type SftpAccess } from './sftpSession'

const STEP_MS = 10_000
export const CLOSE_MS = 2_000
/** Every server accepts packets of this size, and ssh2 sends no larger ones to most. */
const CHUNK_BYTES = 31_744

/** A listing reads no more: other programs may leave any number of files in a directory. */
const MOST_ENTRIES = 10_000
const LIST_MS = 2_000

const stepTimeout = timeout(STEP_MS, TimeoutStrategy.Aggressive)
const closeTimeout = timeout(CLOSE_MS, TimeoutStrategy.Aggressive)

/** The operations that publishing needs. */
export type SftpConnection = Pick<Sftp, keyof Sftp>

/** One connection to an SFTP server. Whatever fails is an SftpError. */
export class Sftp {
  /** True until either side ends the connection. */
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

  static async connect(access: SftpAccess): Promise<Sftp> {
    const client = await logIn(access)
    try {
      const open = () => called<SFTPWrapper>((done) => client.sftp(done))
      return new Sftp(client, await stepTimeout.execute(open))
    } catch (thrown) {
      client.end()
      throw sessionError(thrown, access.user)
    }
  }

  async exists(path: string): Promise<boolean> {
    return (await this.sizeOf(path)) !== undefined
  }

  /** Writes a file, replacing one of the same name. */
  async write(path: string, content: Buffer): Promise<void> {
    const { sftp } = this
    const what = `writing ${path}`
    const handle = await this.step<Buffer>(what, (done) => sftp.open(path, 'w', done)).catch(
      async (thrown) => {
        throw isMissing(thrown) ? await this.withHome(thrown) : thrown
      }
    )
    try {
      // All at once, as other clients do: one by one, each chunk would wait for a round trip.
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
    // An incomplete file must not be renamed. Some servers do not allow `stat`.
    const size = await this.sizeOf(path).catch(() => undefined)
    if (size !== undefined && size !== content.length) {
      const arrived = `${size} of ${content.length} bytes arrived`
      throw new SftpError('down', `${what}: ${arrived}; the disk may be full`)
    }
  }

  /** Gives a file its final name. SFTP version 3 may refuse to rename onto a file. */
  async rename(from: string, to: string): Promise<void> {
    await this.step<void>(`the rename of ${from}`, (done) => this.sftp.rename(from, to, done))
  }

  /** Removes a file, if it exists. */
  async remove(path: string): Promise<void> {
    await ifThere(this.step<void>(`removing ${path}`, (done) => this.sftp.unlink(path, done)))
  }

  /** The files in a directory; of a large one, or at a slow server, only some. */
  async list(path: string): Promise<Listed> {
    const what = `listing ${path}`
    const files: Listed['files'] = []
    const until = Date.now() + LIST_MS
    const handle = await this.step<Buffer>(what, (done) => this.sftp.opendir(path, done))
    try {
      while (files.length < MOST_ENTRIES && Date.now() < until) {
        const entries = await this.step<Entries>(what, (done) => this.nextEntries(handle, done))
        if (entries.length === 0) return { files, isWhole: true }
        for (const { filename, attrs } of entries) {
          files.push({ name: filename, modifiedAt: attrs.mtime * 1000 })
        }
      }
      return { files, isWhole: false }
    } finally {
      await this.step<void>(what, (done) => this.sftp.close(handle, done)).catch(() => undefined)
    }
  }

  /** None at the end of the directory. */
  private nextEntries(handle: Buffer, done: Done<Entries>) {
    this.sftp.readdir(handle, (error, entries) => {
      const { code } = (error ?? {}) as { code?: unknown }
      if (code === utils.sftp.STATUS_CODE.EOF) done(undefined, [])
      else done(error, entries)
    })
  }

  /** Ends the connection, whatever its state. */
  async close(): Promise<void> {
    this.client.end()
    await closeTimeout.execute(() => this.ended).catch(() => undefined)
  }

  /** Adds the start directory to the error: the configured path may be wrong for this user's view of the server. */
  private async withHome(error: SftpError): Promise<SftpError> {
    const home = await this.step<string>('', (done) => this.sftp.realpath('.', done)).catch(
      () => ''
    )
    const known = /^[\x20-\x7e]{1,200}$/.test(home) ? `; the session begins in ${home}` : ''
    return new SftpError(error.kind, error.message + known)
  }

  private async sizeOf(path: string): Promise<number | undefined> {
    const found = this.step<Stats>(`looking for ${path}`, (done) => this.sftp.stat(path, done))
    return (await ifThere(found))?.size
  }

  private async step<T>(what: string, run: (done: Done<T>) => unknown): Promise<T> {
    try {
      return await stepTimeout.execute(() => Promise.race([called(run), this.ended]))
    } catch (thrown) {
      throw stepError(what, thrown)
    }
  }
}

type Entries = Parameters<Parameters<SFTPWrapper['readdir']>[1]>[1]
type Stats = Parameters<Parameters<SFTPWrapper['stat']>[1]>[1]

/** The result of a step, or undefined if there is no such file. */
const ifThere = <T>(step: Promise<T>): Promise<T | undefined> =>
  step.catch((thrown: unknown) => {
    if (isMissing(thrown)) return undefined
    throw thrown
  })

export interface Listed {
  files: Array<{ name: string /** UTC milliseconds. */; modifiedAt: number }>
  /** False if there may be more. */
  isWhole: boolean
}

type Done<T> = (error: Error | null | undefined, result: T) => void

const called = <T>(run: (done: Done<T>) => unknown): Promise<T> =>
  new Promise((resolve, reject) => {
    run((error, result) => (error ? reject(error) : resolve(result)))
  })

/** The error when the login succeeds and the SFTP session does not open. */
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
    return new SftpError('unsupported', `the server's response to user ${user} is not SFTP; ${why}`)
  }
  return new SftpError('down', `opening an SFTP session failed${reasonOf(thrown)}`)
}
