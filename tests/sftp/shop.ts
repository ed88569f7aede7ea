import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'fs'
import { join } from 'path'
import { Sftp } from '../../node/clients/sftp'
import { sameFingerprint } from '../../node/clients/sftpSession'
import { icmSftp } from '../../node/delivery/icmFiles'
import { DeliveryError, type FilePublisher } from '../../node/delivery/publisher'
import { SftpPublisher, type SftpSettings } from '../../node/delivery/sftpPublisher'
import { temporaryFolder } from '../../sandbox/common/temporary-folder'
import { type HostKey, loadHostKey } from '../../sandbox/world/intershop/host-key'
import { newKeyPair } from '../../sandbox/world/intershop/key-pair'
import type { SftpHabits } from '../../sandbox/world/intershop/sftp/habits'
import { type SftpServer, startSftp } from '../../sandbox/world/intershop/sftp/server'

export const PASSWORD = 's3cret'

let version = Date.UTC(2026, 10, 27)

/** Delivers offers; `undefined` where it worked. */
export async function deliver(way: FilePublisher, count = 1): Promise<DeliveryError | undefined> {
  const current = version++
  const offers = Array.from({ length: count }, (_, skuId) => {
    return { skuId, sellerId: '1', quantity: 1, observedAt: current, offerSku: `R${skuId}` }
  })
  try {
    await way.publish({ version: current, offers }, async () => true)
    return undefined
  } catch (thrown) {
    if (thrown instanceof DeliveryError) return thrown
    throw thrown
  }
}

/** A way to a server on loopback. @param hostKey the one fingerprint that is right; any where it is empty */
export function wayTo(
  settings: Partial<SftpSettings>,
  hostKey = '',
  connected: (connection: Sftp) => void = () => undefined
): FilePublisher {
  let ids = 0
  const complete = {
    sftpHost: '127.0.0.1',
    sftpPort: 22,
    sftpUser: '',
    sftpPassword: '',
    sftpPrivateKey: '',
    sftpPassphrase: '',
    sftpHostKey: '',
    sftpLegacyAlgorithms: false,
    sftpDirectory: '/in',
    sftpFilePrefix: 'stock',
    ...settings,
  }
  const format = icmSftp({ sftpFilePrefix: 'stock', quantityAttribute: 'Stock' })
  return new SftpPublisher(complete, format, {
    connect: async (access) => {
      const acceptHostKey = (shown: string) => !hostKey || sameFingerprint(shown, hostKey)
      const connection = await Sftp.connect({ ...access, acceptHostKey })
      connected(connection)
      return connection
    },
    now: Date.now,
    uniqueId: () => `n${++ids}`,
  })
}

/** One offer after another is delivered to a server of one kind. */
export class Shop {
  /** The connection that was made last. */
  connection: Sftp | undefined
  private ways: FilePublisher[] = []

  private constructor(
    readonly server: SftpServer,
    readonly hostKey: HostKey,
    private readonly folder: ReturnType<typeof temporaryFolder>
  ) {}

  /** @param publicKey a user's key that opens the server beside the password */
  static async open(habits: SftpHabits = {}, publicKey?: string): Promise<Shop> {
    const folder = temporaryFolder()
    const root = join(folder.path, 'root')
    mkdirSync(join(root, 'in'), { recursive: true })
    const hostKey = loadHostKey(join(folder.path, 'host-key'))
    const access = { user: 'shop', password: PASSWORD, ...(publicKey && { publicKey }) }
    return new Shop(await startSftp({ root, hostKey, ...access, habits }), hostKey, folder)
  }

  /** A way to the server, as the settings say. */
  way(settings: Partial<SftpSettings> = {}, hostKey = ''): FilePublisher {
    const to = { sftpPort: this.server.port, sftpUser: 'shop', sftpPassword: PASSWORD }
    const way = wayTo({ ...to, ...settings }, hostKey, (connection) => {
      this.connection = connection
    })
    this.ways.push(way)
    return way
  }

  deliver(way = this.way(), count = 1): Promise<DeliveryError | undefined> {
    return deliver(way, count)
  }

  /** Names of the files of a folder: `.part` where they are not whole, `.xml` where they are. */
  files(directory = 'in'): string[] {
    const path = join(this.folder.path, 'root', directory)
    const names = existsSync(path) ? readdirSync(path) : []
    return names.map((name) => name.replace(/^.*\.(xml|part)$/, '$1'))
  }

  /** Puts an empty file into the folder. */
  put(name: string): void {
    writeFileSync(join(this.folder.path, 'root', 'in', name), '')
  }

  mkdir(directory: string): void {
    mkdirSync(join(this.folder.path, 'root', directory), { recursive: true })
  }

  async close(): Promise<void> {
    for (const way of this.ways) await way.close()
    await this.server.stop()
    this.folder.remove()
  }
}

/** A user's key pair, in OpenSSH's form. */
export const userKey = newKeyPair
