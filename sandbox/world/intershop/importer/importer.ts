import { mkdirSync } from 'fs'
import { readdir, readFile, rename, rm, writeFile } from 'fs/promises'
import { join } from 'path'
import { setTimeout as sleep } from 'timers/promises'
import type { Inventory, OfferUpdate } from '../inventory'
import { IOM_SHOP, IOM_SUPPLIERS } from '../suppliers'
import { readArticles } from './read-articles'
import { readOffers } from './read-offers'
import { Rejected } from './rejected'

/** Which files are taken, and how they are read. */
export interface ImportFormat {
  pickedUp: RegExp
  /** Throws `Rejected` with what is wrong. */
  read(text: string, file: string): OfferUpdate[]
}

/** ICM's: complete files end in `.xml`; a name that starts with a dot is temporary. */
export const icmFormat = (quantityAttribute: string): ImportFormat => ({
  pickedUp: /^[^.].*\.xml$/,
  read: (xml) => readOffers(xml, quantityAttribute),
})

/** IOM's: the shop, the supplier and the second are in the name. */
export const iomFormat: ImportFormat = {
  pickedUp: new RegExp(`^${IOM_SHOP}_\\d+_\\d{14}_BCG\\.csv$`),
  read: (csv, file) => {
    const sellerId = IOM_SUPPLIERS.get(file.split('_')[1] ?? '')
    if (sellerId === undefined) throw new Rejected('its name has no supplier of the shop')
    return readArticles(csv).map((article) => ({ ...article, sellerId }))
  },
}

const IDLE_CHECK = 20

/** Folders and behaviour of the importer. */
export interface ImporterOptions {
  /** The SFTP folder to which senders upload. */
  inbox: string
  archive: string
  error: string
  inventory: Inventory
  /** Milliseconds between two runs. */
  delay: number
  format: ImportFormat
  /** Maximum number of files in the archive; the newest by name are kept. */
  archiveLimit: number
}

/** The result of importing a file. */
export interface Import {
  file: string
  offers: number
  /** Why it was moved to error/. */
  rejected?: string
}

/**
 * ICM's import: every `delay` ms it lists the inbox and imports the files in the order of their names, so that a file
 * name that sorts wrongly overwrites newer stock. Imported files are moved to archive/; invalid ones to error/, with the
 * reason in a `.txt` file, and change nothing.
 */
export class Importer {
  /** Imported files and offers, and rejected files, since the start. */
  readonly totals = { files: 0, offers: 0, rejected: 0 }
  /** Why the last run failed, for example a full disk; it is retried. */
  failure: string | undefined
  private paused = false
  private stopped = false
  private timer: NodeJS.Timeout | undefined
  private running: Promise<Import[]> = Promise.resolve([])

  constructor(private readonly options: ImporterOptions) {
    for (const folder of [options.inbox, options.archive, options.error]) {
      mkdirSync(folder, { recursive: true })
    }
  }

  start(): void {
    this.timer = setTimeout(() => {
      const imported = this.paused ? Promise.resolve([]) : this.importNow()
      imported
        .catch((error: Error) => {
          this.failure = error.message
        })
        .then(() => {
          if (!this.stopped) this.start()
        })
    }, this.options.delay).unref()
  }

  /** Stops after the current file; other files stay in the inbox. */
  async stop(): Promise<void> {
    this.stopped = true
    clearTimeout(this.timer)
    await this.running
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  get isPaused(): boolean {
    return this.paused
  }

  /** Imports the files in the inbox now, also while paused. */
  importNow(): Promise<Import[]> {
    const run = this.running.then(() => this.importAll())
    // A failure concerns this call only.
    this.running = run.catch(() => [])
    return run
  }

  /** Resolves when the inbox is empty; while paused, not before `resume`. */
  async idle(): Promise<void> {
    for (;;) {
      await this.running
      if (this.stopped || (await this.waiting()).length === 0) return
      if (!this.paused) await this.importNow()
      else await sleep(IDLE_CHECK)
    }
  }

  /** The complete files in the inbox, in the order of import. */
  async waiting(): Promise<string[]> {
    const entries = await readdir(this.options.inbox, { withFileTypes: true })
    const files = entries.filter(
      (entry) => entry.isFile() && this.options.format.pickedUp.test(entry.name)
    )
    return files.map((entry) => entry.name).sort()
  }

  private async importAll(): Promise<Import[]> {
    const imports: Import[] = []
    for (const file of await this.waiting()) {
      if (this.stopped) break
      imports.push(await this.importOne(file))
    }
    this.failure = undefined
    if (imports.length > 0) await this.pruneArchive()
    return imports
  }

  private async importOne(file: string): Promise<Import> {
    const { inbox, archive, error, inventory, format } = this.options
    try {
      const offers = format.read(decoded(await readFile(join(inbox, file))), file)
      inventory.apply(file, offers)
      await rename(join(inbox, file), join(archive, file))
      this.totals.files++
      this.totals.offers += offers.length
      return { file, offers: offers.length }
    } catch (reason) {
      if (!(reason instanceof Rejected)) throw reason
      await writeFile(join(error, `${file}.txt`), `${reason.message}\n`)
      await rename(join(inbox, file), join(error, file))
      this.totals.rejected++
      return { file, offers: 0, rejected: reason.message }
    }
  }

  private async pruneArchive(): Promise<void> {
    const { archive, archiveLimit } = this.options
    const files = (await readdir(archive)).sort()
    for (const file of files.slice(0, Math.max(0, files.length - archiveLimit))) {
      await rm(join(archive, file), { force: true })
    }
  }
}

function decoded(content: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    throw new Rejected('malformed: it is not UTF-8')
  }
}
