import { existsSync, readFileSync, writeFileSync } from 'fs'
import { mkdir, readdir, readFile } from 'fs/promises'
import { join } from 'path'
import { loadHostKey } from './host-key'
import { Importer, icmFormat, iomFormat } from './importer/importer'
import { Inventory } from './inventory'
import { BatchProcesses } from './rest/batch-processes'
import { DEFAULT_BEHAVIOUR } from './rest/behaviour'
import { type IcmRest, Tokens } from './rest/listener'
import { type SftpServer, startSftp } from './sftp/server'

/** The SFTP account (obviously fake). */
export const SFTP_USER = 'sandbox-stock'
export const SFTP_PASSWORD = 'sandbox-password'
/** How offers reach an Intershop: as ICM's XML over SFTP or REST, or as IOM's CSV. */
export const DELIVERIES = ['icm-sftp', 'iom-sftp', 'icm-rest'] as const
export type IntershopDelivery = (typeof DELIVERIES)[number]
/** SFTP path of the inbox. */
export const SFTP_DIRECTORIES = {
  'icm-sftp': '/stock',
  'iom-sftp': '/importarticle/in',
  'icm-rest': '/stock',
} as const

const IMPORT_DELAY = 300
const ARCHIVE_LIMIT = 1000

/** How to start an Intershop. */
export interface IntershopOptions {
  /** The folder of all state that survives a restart. */
  directory: string
  /** Milliseconds between two runs of the importer; default 300. */
  importDelay?: number
  /** The custom attribute of the stock. */
  quantityAttribute?: string
  /** An accepted public key in OpenSSH's format. */
  publicKey?: string
  /** `icm-sftp` when absent. */
  delivery?: IntershopDelivery
  /** Random seed of its faults. */
  seed?: number
}

/** A running Intershop: an SFTP server with an inbox, an importer, and ICM's REST API. */
export interface Intershop {
  sftp: SftpServer
  rest: IcmRest
  /** The SFTP server's host key, as `SHA256:...`. */
  hostKeyFingerprint: string
  delivery: IntershopDelivery
  importer: Importer
  inventory: Inventory
  /** Resolves when every delivered file is imported or rejected. */
  idle: () => Promise<void>
  /** File names in the inbox (incomplete ones too), archive/, and error/ with the reasons. */
  files: () => Promise<IntershopFiles>
  /** Folders on disk, for tests that read delivered files. */
  folders: { inbox: string; archive: string; error: string }
  stop: () => Promise<void>
}

/** Files by folder. */
export interface IntershopFiles {
  inbox: string[]
  archive: string[]
  error: { name: string; reason: string }[]
}

/** Starts an Intershop on loopback with the state in its directory. */
export async function startIntershop(options: IntershopOptions): Promise<Intershop> {
  const at = (...path: string[]) => join(options.directory, ...path)
  const root = at('transfer')
  const { delivery = 'icm-sftp' } = options
  const inbox = join(root, SFTP_DIRECTORIES[delivery])
  const isIom = delivery === 'iom-sftp'
  const folders = isIom
    ? { inbox, archive: join(inbox, '../done'), error: join(inbox, '../error') }
    : { inbox, archive: at('archive'), error: at('error') }
  await mkdir(folders.inbox, { recursive: true })
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
  // The same port after a restart, for the app's saved settings.
  writeFileSync(at('sftp-port'), String(sftp.port))
  const inventory = new Inventory(at('inventory.jsonl'))
  const quantityAttribute = options.quantityAttribute ?? 'StockQuantity'
  const importer = new Importer({
    ...folders,
    inventory,
    delay: options.importDelay ?? IMPORT_DELAY,
    format: isIom ? iomFormat : icmFormat(quantityAttribute),
    archiveLimit: ARCHIVE_LIMIT,
  })
  importer.start()
  const behaviour = { ...DEFAULT_BEHAVIOUR }
  const batches = new BatchProcesses(inventory, quantityAttribute, folders, behaviour)
  return {
    sftp,
    rest: { behaviour, batches, inventory, tokens: new Tokens() },
    hostKeyFingerprint: hostKey.fingerprint,
    delivery,
    importer,
    inventory,
    idle: async () => {
      await importer.idle()
      await batches.idle()
    },
    files: () => listFiles(folders),
    folders,
    stop: async () => {
      await importer.stop()
      batches.stop()
      await sftp.stop()
    },
  }
}

function savedPort(file: string): number | undefined {
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) || undefined : undefined
}

async function listFiles(folders: Intershop['folders']): Promise<IntershopFiles> {
  const [inbox, archive, error] = await Promise.all(
    [folders.inbox, folders.archive, folders.error].map(async (path) =>
      (await readdir(path)).sort()
    )
  )
  const rejected = (error ?? []).filter((name) => !name.endsWith('.txt'))
  return {
    inbox: inbox ?? [],
    archive: archive ?? [],
    error: await Promise.all(
      rejected.map(async (name) => ({
        name,
        reason: (await readFile(join(folders.error, `${name}.txt`), 'utf8')).trim(),
      }))
    ),
  }
}
