import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel'
import { posix } from 'path'
import type { Listed, SftpConnection } from '../clients/sftp'
import { SftpError, type SftpErrorKind } from '../clients/sftpError'
import type { SftpAccess } from '../clients/sftpSession'
import { type Clock, secondOf } from '../common/clock'
import type { Settings } from '../settings/settings'
import {
  type CanCommit,
  DeliveryError,
  type Drop,
  type FilePublisher,
  type PublishedBatch,
  SupersededError,
} from './publisher'

/** The most time for publishing a batch: the worker's event waits for it. */
export const PUBLISH_MS = 10_000
const publishTimeout = timeout(PUBLISH_MS, TimeoutStrategy.Aggressive).dangerouslyUnref()
/** After this time without a response to a rename, the app checks whether it happened. */
const renameTimeout = timeout(5_000, TimeoutStrategy.Aggressive).dangerouslyUnref()
/** A batch waits no longer for the listing of the drop. */
const dropTimeout = timeout(3_000, TimeoutStrategy.Aggressive).dangerouslyUnref()
/** A temporary file of this age was left by a worker that died. */
const LEFTOVER_MS = 6 * 3_600_000

/** Where files are written. */
export type SftpSettings = Pick<Settings, Extract<keyof Settings, `sftp${string}`>>

/** The files that a batch becomes. */
export interface FileFormat {
  /** The start of each file name. */
  prefix: string
  /** Matches the names of files, with the version as a timestamp in its group. */
  ours: RegExp
  files(batch: PublishedBatch): AsyncIterable<{ name: string; content: string }>
}

/** The dependencies of publishing over SFTP. */
export interface SftpTools extends Pick<Clock, 'now' | 'uniqueId'> {
  connect(access: Omit<SftpAccess, 'acceptHostKey'>): Promise<SftpConnection>
}

const ADVICE: Record<SftpErrorKind, string> = {
  auth: 'Check sftpUser, sftpPassword, sftpPrivateKey and sftpPassphrase.',
  hostKey: 'If the server has a new key, put its fingerprint into sftpHostKey.',
  algorithms: 'Update the server; if it offers only old algorithms, turn on sftpLegacyAlgorithms.',
  path: 'Check sftpDirectory and the rights of sftpUser.',
  unsupported: 'Choose another server or account: files are written, then renamed.',
  down: 'Check sftpHost, sftpPort and the server.',
}

/** Publishes offers as files in a directory of an SFTP server. */
export class SftpPublisher implements FilePublisher {
  private connection: SftpConnection | undefined
  /** Temporary files that were neither renamed nor removed. */
  private readonly unfinished = new Set<string>()
  /** False once the drop could not be listed: that would fail, or take its time, with each batch. */
  private isListable = true

  constructor(
    private readonly settings: SftpSettings,
    private readonly format: FileFormat,
    private readonly tools: SftpTools
  ) {}

  async connect(): Promise<void> {
    await this.open().catch((thrown: unknown) => {
      throw asDeliveryError(thrown, 'connecting')
    })
  }

  publish(batch: PublishedBatch, canCommit: CanCommit): Promise<string[]> {
    return this.inTime(`publishing ${batch.offers.length} offers`, async (signal) => {
      const names: string[] = []
      for await (const { name, content } of this.format.files(batch)) {
        await this.putFile(name, content, async () => (await canCommit()) && !signal.aborted)
        names.push(name)
      }
      return names
    })
  }

  /** Its file has a temporary name all the time: Intershop takes no such file, and a later batch removes a leftover. */
  async check(): Promise<string> {
    const name = `.${this.format.prefix}check.${this.tools.uniqueId()}`
    const [written, renamed] = [this.path(`${name}.part`), this.path(`${name}.renamed.part`)]
    await this.inTime('the check', async () => {
      const sftp = await this.open()
      await this.withTemporary(sftp, [written, renamed], async () => {
        await sftp.write(written, Buffer.from('connection check\n'))
        await this.rename(sftp, written, renamed)
        await sftp.remove(renamed)
      })
    })
    return `a file was written, renamed and removed in ${this.directory}`
  }

  async drop(): Promise<Drop | undefined> {
    if (!this.isListable) return undefined
    try {
      const sftp = await this.open()
      const listed = await dropTimeout.execute(() => sftp.list(this.directory))
      await this.removeLeftovers(sftp, listed)
      return this.dropOf(listed)
    } catch (thrown) {
      if (!(thrown instanceof SftpError || thrown instanceof TaskCancelledError)) throw thrown
      this.isListable = false
      return undefined
    }
  }

  /** The files' age is that of the version in their names: clocks of servers differ, and some show no times. */
  private dropOf({ files, isWhole }: Listed): Drop {
    const now = this.tools.now()
    const versions = files
      .map(({ name }) => secondOf(this.format.ours.exec(name)?.[1] ?? ''))
      .filter((version) => !Number.isNaN(version))
    const oldest = versions.reduce((least, version) => Math.min(least, version), now)
    return {
      files: versions.length,
      ...(versions.length > 0 && { oldestAgeSeconds: Math.floor((now - oldest) / 1_000) }),
      ...(!isWhole && { isPartial: true }),
      observedAt: now,
    }
  }

  async close(): Promise<void> {
    const { connection } = this
    this.connection = undefined
    await connection?.close()
  }

  /** Does something that takes about as long as publishing a batch. After a failure the connection is closed. */
  private async inTime<T>(what: string, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await publishTimeout.execute(({ signal }) => act(signal))
    } catch (thrown) {
      await this.close()
      throw asDeliveryError(thrown, what)
    }
  }

  /** Writes under a temporary name, then renames, so that Intershop never reads an incomplete file. */
  private async putFile(name: string, content: string, canCommit: CanCommit) {
    const sftp = await this.open()
    const temporary = this.path(`.${name}.${this.tools.uniqueId()}.part`)
    await this.withTemporary(sftp, [temporary], async () => {
      await sftp.write(temporary, Buffer.from(content, 'utf8'))
      if (!(await canCommit())) throw new SupersededError()
      await this.rename(sftp, temporary, this.path(name))
    })
  }

  /** Does something that creates temporary files and leaves none. After a failure they are removed. */
  private async withTemporary(sftp: SftpConnection, paths: string[], act: () => Promise<void>) {
    for (const path of paths) this.unfinished.add(path)
    try {
      await act()
      for (const path of paths) this.unfinished.delete(path)
    } catch (thrown) {
      await this.removeUnfinished(sftp)
      throw thrown
    }
  }

  /** A server may rename and respond late or never, so after a failure the two names are checked. */
  private async rename(sftp: SftpConnection, from: string, to: string) {
    try {
      await renameTimeout.execute(() => sftp.rename(from, to))
    } catch (thrown) {
      const isLate = thrown instanceof TaskCancelledError
      const isDone =
        (await sftp.exists(to).catch(() => false)) && !(await sftp.exists(from).catch(() => true))
      if (isDone) return
      throw isLate ? new SftpError('down', `the rename of ${from} got no response`) : thrown
    }
  }

  private async open(): Promise<SftpConnection> {
    if (this.connection?.isOpen) return this.connection
    const { settings, tools } = this
    const connection = await tools.connect({
      host: settings.sftpHost,
      port: settings.sftpPort,
      user: settings.sftpUser,
      password: settings.sftpPassword,
      privateKey: settings.sftpPrivateKey,
      passphrase: settings.sftpPassphrase,
      legacyAlgorithms: settings.sftpLegacyAlgorithms,
    })
    this.connection = connection
    await this.removeUnfinished(connection)
    return connection
  }

  /**
   * Removes the temporary files of failed publications, if the server allows it. A new connection does this first: a
   * rename that the server has not executed yet then fails, and puts no older file beside newer ones.
   */
  private async removeUnfinished(sftp: SftpConnection) {
    for (const path of this.unfinished) {
      if (!sftp.isOpen) return
      try {
        await sftp.remove(path)
        this.unfinished.delete(path)
      } catch (thrown) {
        if (!(thrown instanceof SftpError)) throw thrown
      }
    }
  }

  /** Removes temporary files of workers that died, if the server allows it. */
  private async removeLeftovers(sftp: SftpConnection, { files }: Listed) {
    const before = this.tools.now() - LEFTOVER_MS
    try {
      for (const { name, modifiedAt } of files) {
        const isOurs = name.startsWith(`.${this.format.prefix}`) && name.endsWith('.part')
        if (isOurs && modifiedAt < before) await sftp.remove(this.path(name))
      }
    } catch (thrown) {
      if (!(thrown instanceof SftpError)) throw thrown
    }
  }

  private path(name: string) {
    return posix.join(this.directory, name)
  }

  /** As SFTP writes it, also of a Windows server: `C:\\in\\stock` is `/C:/in/stock`; `~` is where a session begins. */
  private get directory() {
    return this.settings.sftpDirectory
      .replace(/\\/g, '/')
      .replace(/^(?=[A-Za-z]:(\/|$))/, '/')
      .replace(/^~(\/|$)/, './')
  }
}

function asDeliveryError(thrown: unknown, what: string): unknown {
  const late = `${what} took longer than ${PUBLISH_MS / 1000} s`
  const error = thrown instanceof TaskCancelledError ? new SftpError('down', late) : thrown
  if (!(error instanceof SftpError)) return error
  const { kind, message } = error
  const code = kind === 'hostKey' ? 'sftp_host_key' : (`sftp_${kind}` as const)
  return new DeliveryError(code, `SFTP: ${message}`, kind !== 'down', false, ADVICE[kind])
}
