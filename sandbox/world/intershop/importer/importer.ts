import { mkdirSync } from 'fs'
import { readdir, readFile, rename, rm, writeFile } from 'fs/promises'
import { join } from 'path'
import { setTimeout as sleep } from 'timers/promises'
import type { Inventory } from '../inventory'
import { readOffers } from './read-offers'
import { Rejected } from './rejected'

/** Files that are taken: complete ones end in `.xml`; a name that starts with a dot is temporary. */
export const IMPORTABLE = /^[^.].*\.xml$/

const IDLE_CHECK = 20

/** Where the importer works, and how. */
export interface ImporterOptions {
  /** The directory that senders write to. */
  drop: string
  archive: string
  error: string
  inventory: Inventory
  /** Milliseconds between two looks into the drop. */
  delay: number
  /** The custom attribute that the shop reads the stock from. */
  quantityAttribute: string
  /** How many imported files are kept in the archive, the newest by name. */
  archiveLimit: number
}

/** How a file fared. */
export interface Import {
  file: string
  offers: number
  /** Why it lies in error/. */
  rejected?: string
}

/**
 * ICM's pick-up and import: every `delay` ms it lists the drop once and imports
 * what is there in order of file names, so that a name that sorts wrongly does
 * overwrite newer stock. Done files move to archive/, bad ones to error/ with a
 * `.txt` beside them that says why; a bad file changes nothing.
 */
export class Importer {
  /** Files and offers imported and files rejected since the start. */
  readonly totals = { files: 0, offers: 0, rejected: 0 }
  /** Why the last import could not go on, such as a full disk; it is tried again. */
  failure: string | undefined
  private paused = false
  private stopped = false
  private timer: NodeJS.Timeout | undefined
  private running: Promise<Import[]> = Promise.resolve([])

  constructor(private readonly options: ImporterOptions) {
    for (const folder of [options.drop, options.archive, options.error]) {
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

  /** Ends after the file that is being imported; what waits stays in the drop. */
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

  /** Imports what the drop holds now, also while paused. */
  importNow(): Promise<Import[]> {
    const run = this.running.then(() => this.importAll())
    // A failure belongs to this call; the next one starts afresh.
    this.running = run.catch(() => [])
    return run
  }

  /** Resolves when nothing waits in the drop; while paused that can take until `resume`. */
  async idle(): Promise<void> {
    for (;;) {
      await this.running
      if (this.stopped || (await this.waiting()).length === 0) return
      if (!this.paused) await this.importNow()
      else await sleep(IDLE_CHECK)
    }
  }

  /** The complete files in the drop, in the order in which they will be imported. */
  async waiting(): Promise<string[]> {
    const entries = await readdir(this.options.drop, { withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile() && IMPORTABLE.test(entry.name))
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
    const { drop, archive, error, inventory, quantityAttribute } = this.options
    try {
      const offers = readOffers(decoded(await readFile(join(drop, file))), quantityAttribute)
      inventory.apply(file, offers)
      await rename(join(drop, file), join(archive, file))
      this.totals.files++
      this.totals.offers += offers.length
      return { file, offers: offers.length }
    } catch (reason) {
      if (!(reason instanceof Rejected)) throw reason
      await writeFile(join(error, `${file}.txt`), `${reason.message}\n`)
      await rename(join(drop, file), join(error, file))
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
    throw new Rejected('malformed XML: it is not UTF-8')
  }
}
