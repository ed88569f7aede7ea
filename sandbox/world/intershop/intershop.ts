import { existsSync, readFileSync, writeFileSync } from 'fs'
import { mkdir, readdir, readFile } from 'fs/promises'
import { join } from 'path'
import { loadHostKey } from './host-key'
import { Importer, icmFormat, iomFormat } from './importer/importer'
import { Inventory } from './inventory'
import { type SftpServer, startSftp } from './sftp/server'

/** The clearly fake account under which senders reach the drop. */
export const SFTP_USER = 'sandbox-stock'
export const SFTP_PASSWORD = 'sandbox-password'
/** How offers reach an Intershop: as ICM's XML, or as IOM's CSV. */
export type IntershopDelivery = 'icm-sftp' | 'iom-sftp'
/** The drop as senders see it. */
export const SFTP_DIRECTORIES = { 'icm-sftp': '/stock', 'iom-sftp': '/importarticle/in' } as const

const IMPORT_DELAY = 300
const ARCHIVE_LIMIT = 1000

/** How an Intershop is started. */
export interface IntershopOptions {
  /** Where it keeps everything that survives a restart. */
  directory: string
  /** Milliseconds between two looks into the drop; 300 when absent. */
  importDelay?: number
  /** The custom attribute that the shop reads the stock from. */
  quantityAttribute?: string
  /** A public key in OpenSSH's format that opens the SFTP server too. */
  publicKey?: string
  /** `icm-sftp` when absent. */
  delivery?: IntershopDelivery
  /** Of the randomness in its faults. */
  seed?: number
}

/** A running Intershop: an SFTP server before a drop, an importer behind it. */
export interface Intershop {
  sftp: SftpServer
  /** The SFTP server's identity, as `SHA256:...`. */
  fingerprint: string
  delivery: IntershopDelivery
  importer: Importer
  inventory: Inventory
  /** Resolves when every delivered file is imported or rejected. */
  idle: () => Promise<void>
  /** Names of files in the drop (unfinished ones too), archive/ and error/ with the reasons. */
  files: () => Promise<IntershopFiles>
  /** Folders on disk, for tests that read what was delivered. */
  folders: { drop: string; archive: string; error: string }
  stop: () => Promise<void>
}

/** What lies where. */
export interface IntershopFiles {
  drop: string[]
  archive: string[]
  error: { name: string; reason: string }[]
}

/** Starts an Intershop on loopback; its state is what the directory holds. */
export async function startIntershop(options: IntershopOptions): Promise<Intershop> {
  const at = (...path: string[]) => join(options.directory, ...path)
  const root = at('transfer')
  const { delivery = 'icm-sftp' } = options
  const drop = join(root, SFTP_DIRECTORIES[delivery])
  const isIom = delivery === 'iom-sftp'
  const folders = isIom
    ? { drop, archive: join(drop, '../done'), error: join(drop, '../error') }
    : { drop, archive: at('archive'), error: at('error') }
  await mkdir(folders.drop, { recursive: true })
  const hostKey = loadHostKey(at('ssh-host-key'))
  const sftp = await startSftp({
    root,
    hostKey,
    user: SFTP_USER,
    password: SFTP_PASSWORD,
    publicKey: options.publicKey,
    seed: options.seed,
    port: savedPort(at('sftp-port')),
  })
  // The same port after a restart: the app's saved settings name it.
  writeFileSync(at('sftp-port'), String(sftp.port))
  const inventory = new Inventory(at('inventory.jsonl'))
  const importer = new Importer({
    ...folders,
    inventory,
    delay: options.importDelay ?? IMPORT_DELAY,
    format: isIom ? iomFormat : icmFormat(options.quantityAttribute ?? 'StockQuantity'),
    archiveLimit: ARCHIVE_LIMIT,
  })
  importer.start()
  return {
    sftp,
    fingerprint: hostKey.fingerprint,
    delivery,
    importer,
    inventory,
    idle: () => importer.idle(),
    files: () => listFiles(folders),
    folders,
    stop: async () => {
      await importer.stop()
      await sftp.stop()
    },
  }
}

function savedPort(file: string): number | undefined {
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) || undefined : undefined
}

async function listFiles(folders: Intershop['folders']): Promise<IntershopFiles> {
  const [drop, archive, error] = await Promise.all(
    [folders.drop, folders.archive, folders.error].map(async (path) => (await readdir(path)).sort())
  )
  const rejected = (error ?? []).filter((name) => !name.endsWith('.txt'))
  return {
    drop: drop ?? [],
    archive: archive ?? [],
    error: await Promise.all(
      rejected.map(async (name) => ({
        name,
        reason: (await readFile(join(folders.error, `${name}.txt`), 'utf8')).trim(),
      }))
    ),
  }
}
