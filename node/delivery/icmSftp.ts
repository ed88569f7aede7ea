import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel'
import { posix } from 'path'

import {
  type SftpAccess,
  type SftpConnection,
  SftpError,
  type SftpErrorKind,
} from '../clients/sftp'
import { DeliveryError, type DeliveryWay, type MayCommit, SupersededError } from './delivery'
import { fileName } from './fileName'
import { offersXml } from './offersXml'

/** Offers in one file: about 2 MB. */
const OFFERS_A_FILE = 2_500
/** Publishing a batch takes no longer: its worker's event is unanswered meanwhile. */
export const PUBLISH_MS = 10_000
const inTime = timeout(PUBLISH_MS, TimeoutStrategy.Aggressive).dangerouslyUnref()
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
  sftpDirectory: string
  sftpFilePrefix: string
  quantityAttribute: string
}

/** What this delivery needs around it. */
export interface IcmSftpTools {
  connect(access: Omit<SftpAccess, 'acceptHostKey'>): Promise<SftpConnection>
  /** A moment as text that sorts by time. */
  timestampText(moment: number): string
  now(): number
  uniqueId(): string
}

const ADVICE: Record<SftpErrorKind, string> = {
  auth: 'Check sftpUser, sftpPassword, sftpPrivateKey and sftpPassphrase.',
  hostKey: 'If the server has a new key, put its fingerprint into sftpHostKey.',
  path: 'Check sftpDirectory and the rights of sftpUser.',
  down: 'Check sftpHost, sftpPort and the server.',
}

const ARMOUR = /^(-----BEGIN [A-Z ]+-----)\s+(.+?)\s+(-----END [A-Z ]+-----)$/s

/** A key pasted into a one-line field carries its line ends as \n, or has blanks in their place. */
function privateKey(pasted: string): string {
  const key = pasted.replace(/\\n/g, '\n').trim()
  const [, begin, body = '', end] = key.includes('\n') ? [] : (ARMOUR.exec(key) ?? [])
  return begin ? [begin, ...body.split(/\s+/), end, ''].join('\n') : key
}

/** Intershop ICM offers as impex XML, dropped where ICM's transport framework picks them up. */
export class IcmSftp implements DeliveryWay {
  private connection: SftpConnection | undefined

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
      const name = fileName(
        sftpFilePrefix,
        this.tools.timestampText(stamp),
        files.length + 1,
        content
      )
      await this.drop(name, content, mayCommit)
      files.push(name)
    }
    return files
  }

  /** The pick-up must never see half a file: written under another name, then renamed. */
  private async drop(name: string, content: string, mayCommit: MayCommit) {
    const sftp = await this.open()
    const path = this.path(name)
    if (await sftp.exists(path)) return
    const temporary = this.path(`.${name}.${this.tools.uniqueId()}.part`)
    await sftp.write(temporary, Buffer.from(content, 'utf8'))
    if (!(await mayCommit())) {
      await sftp.remove(temporary)
      throw new SupersededError()
    }
    try {
      await sftp.rename(temporary, path)
    } catch (thrown) {
      // A server may refuse to rename onto a file: then another worker was first, with the same content.
      if (!(await sftp.exists(path))) throw thrown
      await sftp.remove(temporary)
    }
  }

  private async open(): Promise<SftpConnection> {
    if (this.connection) return this.connection
    const { settings, tools } = this
    const connection = await tools.connect({
      host: settings.sftpHost,
      port: settings.sftpPort,
      user: settings.sftpUser,
      password: settings.sftpPassword,
      privateKey: privateKey(settings.sftpPrivateKey),
      passphrase: settings.sftpPassphrase,
    })
    this.connection = connection
    await this.sweep(connection)
    return connection
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
    const entries = await sftp.list(this.settings.sftpDirectory)
    const old = entries.filter(
      ({ name, modifiedAt }) =>
        name.startsWith(ours) &&
        name.endsWith('.part') &&
        this.tools.now() - modifiedAt > LEFTOVER_MS
    )
    for (const { name } of old) await sftp.remove(this.path(name))
  }

  private path(name: string) {
    return posix.join(this.settings.sftpDirectory, name)
  }
}

function asDeliveryError(thrown: unknown, offers = 0): unknown {
  if (thrown instanceof TaskCancelledError) {
    const late = `publishing ${offers} offers took longer than ${PUBLISH_MS / 1000} s`
    return asDeliveryError(new SftpError('down', late))
  }
  if (!(thrown instanceof SftpError)) return thrown
  const { kind: trouble, message } = thrown
  return new DeliveryError(
    `sftp_${trouble === 'hostKey' ? 'host_key' : trouble}`,
    `SFTP: ${message}. ${ADVICE[trouble]}`,
    trouble !== 'down'
  )
}
