import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel'
import { posix } from 'path'

import type { SftpAccess, SftpConnection } from '../clients/sftp'
import { SftpError, type SftpErrorKind } from '../clients/sftpError'
import { DeliveryError, type DeliveryWay, type MayCommit, SupersededError } from './delivery'
import { fileName } from './fileName'
import { offersXml } from './offersXml'

/** Offers in one file: about 2 MB. */
const OFFERS_A_FILE = 2_500
/** Publishing a batch takes no longer: its worker's event is unanswered meanwhile. */
export const PUBLISH_MS = 10_000
const inTime = timeout(PUBLISH_MS, TimeoutStrategy.Aggressive).dangerouslyUnref()
/** How long a rename may go unanswered before it is looked whether it happened. */
const RENAME_MS = 5_000
const answered = timeout(RENAME_MS, TimeoutStrategy.Aggressive)
/** A temporary file this old was left by a worker that died. */
const LEFTOVER_MS = 6 * 3_600_000

/** Settings of the delivery `icm-sftp`. */
export interface IcmSftpSettings {
  sftpHost: string
  sftpPort: number
  sftpUser: string
  sftpPassword: string
  sftpPrivateKey: string
  sftpPassphrase: string
  sftpLegacyAlgorithms: boolean
  sftpDirectory: string
  sftpFilePrefix: string
  quantityAttribute: string
}

/** What this delivery needs around it. */
export interface IcmSftpTools {
  connect(access: Omit<SftpAccess, 'acceptHostKey'>): Promise<SftpConnection>
  /** A moment as text that sorts by time. */
  stampText(moment: number): string
  now(): number
  nonce(): string
}

const ADVICE: Record<SftpErrorKind, string> = {
  auth: 'Check sftpUser, sftpPassword, sftpPrivateKey and sftpPassphrase.',
  hostKey: 'If the server has a new key, put its fingerprint into sftpHostKey.',
  algorithms:
    'Update the server; where it offers legacy algorithms, sftpLegacyAlgorithms allows them.',
  path: 'Check sftpDirectory and the rights of sftpUser.',
  unsupported: 'Choose another server or account: files are written, then renamed.',
  down: 'Check sftpHost, sftpPort and the server.',
}

/** Intershop ICM offers as impex XML, dropped where ICM's transport framework picks them up. */
export class IcmSftp implements DeliveryWay {
  private connection: SftpConnection | undefined
  /** Temporary files that were neither renamed nor removed. */
  private readonly unfinished = new Set<string>()

  constructor(
    private readonly settings: IcmSftpSettings,
    private readonly tools: IcmSftpTools
  ) {}

  async connect(): Promise<void> {
    try {
      await this.open()
    } catch (thrown) {
      throw asDeliveryError(thrown)
    }
  }

  async deliver(
    consignment: Parameters<DeliveryWay['deliver']>[0],
    mayCommit: MayCommit
  ): Promise<string[]> {
    try {
      return await inTime.execute(({ signal }) =>
        this.dropAll(consignment, async () => (await mayCommit()) && !signal.aborted)
      )
    } catch (thrown) {
      await this.close()
      throw asDeliveryError(thrown, consignment.offers.length)
    }
  }

  async close(): Promise<void> {
    const { connection } = this
    this.connection = undefined
    await connection?.close()
  }

  private async dropAll(
    { stamp, offers }: Parameters<DeliveryWay['deliver']>[0],
    mayCommit: MayCommit
  ): Promise<string[]> {
    const files: string[] = []
    for (let start = 0; start < offers.length; start += OFFERS_A_FILE) {
      const { sftpFilePrefix, quantityAttribute } = this.settings
      const content = offersXml(offers.slice(start, start + OFFERS_A_FILE), quantityAttribute)
      const name = fileName(sftpFilePrefix, this.tools.stampText(stamp), files.length + 1, content)
      await this.drop(name, content, mayCommit)
      files.push(name)
    }
    return files
  }

  /** The pick-up must never see half a file: written under another name, then renamed. */
  private async drop(name: string, content: string, mayCommit: MayCommit) {
    const sftp = await this.open()
    const temporary = this.path(`.${name}.${this.tools.nonce()}.part`)
    this.unfinished.add(temporary)
    try {
      await sftp.write(temporary, Buffer.from(content, 'utf8'))
      if (!(await mayCommit())) throw new SupersededError()
      await this.rename(sftp, temporary, this.path(name))
      this.unfinished.delete(temporary)
    } catch (thrown) {
      await this.removeUnfinished(sftp)
      throw thrown
    }
  }

  /** A server may rename and answer late, or never: what counts is what is there. */
  private async rename(sftp: SftpConnection, from: string, to: string) {
    try {
      await answered.execute(() => sftp.rename(from, to))
    } catch (thrown) {
      const isLate = thrown instanceof TaskCancelledError
      if (!(await sftp.exists(to).catch(() => false))) {
        throw isLate ? new SftpError('down', `the rename of ${from} got no answer`) : thrown
      }
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
    await this.sweep(connection)
    return connection
  }

  /**
   * Removes the temporary files of deliveries that failed, where the server lets us. First thing of a new
   * connection: a rename that the server has not got to yet then fails, and puts no older file beside newer ones.
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

  /** Removes what workers that died left behind, where the server lets us; only our own temporary names. */
  private async sweep(sftp: SftpConnection) {
    try {
      await this.removeLeftovers(sftp)
    } catch (thrown) {
      if (!(thrown instanceof SftpError)) throw thrown
    }
  }

  private async removeLeftovers(sftp: SftpConnection) {
    const ours = `.${this.settings.sftpFilePrefix}-`
    const entries = await sftp.list(directoryOf(this.settings.sftpDirectory))
    const old = entries.filter(
      ({ name, modifiedAt }) =>
        name.startsWith(ours) &&
        name.endsWith('.part') &&
        this.tools.now() - modifiedAt > LEFTOVER_MS
    )
    for (const { name } of old) await sftp.remove(this.path(name))
  }

  private path(name: string) {
    return posix.join(directoryOf(this.settings.sftpDirectory), name)
  }
}

/** A directory as SFTP writes it, also of a Windows server: `C:\\in\\stock` is `/C:/in/stock`; `~` is where a session begins. */
function directoryOf(setting: string): string {
  return setting
    .replace(/\\/g, '/')
    .replace(/^(?=[A-Za-z]:(\/|$))/, '/')
    .replace(/^~(\/|$)/, './')
}

function asDeliveryError(thrown: unknown, offers = 0): unknown {
  if (thrown instanceof TaskCancelledError) {
    const late = `publishing ${offers} offers took longer than ${PUBLISH_MS / 1000} s`
    return asDeliveryError(new SftpError('down', late))
  }
  if (!(thrown instanceof SftpError)) return thrown
  const { kind, message } = thrown
  const code = `sftp_${kind === 'hostKey' ? 'host_key' : kind}`
  return new DeliveryError(code, `SFTP: ${message}. ${ADVICE[kind]}`, kind !== 'down')
}
