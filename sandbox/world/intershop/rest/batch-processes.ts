import { randomUUID } from 'crypto'
import { mkdirSync, writeFileSync } from 'fs'
import { join } from 'path'
import { setTimeout as sleep } from 'timers/promises'
import { readOffers } from '../importer/read-offers'
import { Rejected } from '../importer/rejected'
import type { Inventory } from '../inventory'
import type { IcmBehaviour } from './behaviour'

/** How often it looks whether an import has ended. */
const TICK = 20

interface ProductImport {
  file: string
  xml: string
  startedAt: number
  endedAt?: number
  /** Its offers, once it has read them. */
  size: number
  errors: { code: string; message: string }[]
}

/** Where files lie, imported and rejected. */
interface Folders {
  archive: string
  error: string
}

/** An import that is running or known. */
export interface ImportView {
  id: string
  status: string
  progressValue: number
  progressSize: number
  endDate?: number
  errors: readonly { code: string; message: string }[]
}

/** Uploads and product imports, one at a time. Imported offers are in the inventory once an import has ended. */
export class BatchProcesses {
  private readonly uploads = new Map<string, string>()
  private readonly imports = new Map<string, ProductImport>()
  private readonly timer: NodeJS.Timeout
  /** Numbers of the requests that took effect, for tests. */
  readonly counts = { uploads: 0, imports: 0, removedUploads: 0 }

  constructor(
    private readonly inventory: Inventory,
    private readonly quantityAttribute: string,
    private readonly folders: Folders,
    private readonly behaviour: IcmBehaviour
  ) {
    for (const folder of [folders.archive, folders.error]) mkdirSync(folder, { recursive: true })
    this.timer = setInterval(() => this.advance(), TICK).unref()
  }

  stop(): void {
    clearInterval(this.timer)
  }

  get uploaded(): string[] {
    return [...this.uploads.keys()]
  }

  get isRunning(): boolean {
    this.advance()
    return [...this.imports.values()].some(({ endedAt }) => endedAt === undefined)
  }

  async idle(): Promise<void> {
    while (this.isRunning) await sleep(TICK)
  }

  upload(file: string, xml: string): void {
    this.counts.uploads++
    this.uploads.set(file, xml)
  }

  /** False for an unknown upload. */
  removeUpload(file: string): boolean {
    if (!this.uploads.delete(file)) return false
    this.counts.removedUploads++
    return true
  }

  /** Starts the import of an upload; undefined for an unknown one. */
  start(file: string): string | undefined {
    const xml = this.uploads.get(file)
    if (xml === undefined) return undefined
    this.counts.imports++
    const id = randomUUID()
    this.imports.set(id, { file, xml, startedAt: Date.now(), size: 0, errors: [] })
    return id
  }

  view(id: string): ImportView | undefined {
    this.advance()
    const found = this.imports.get(id)
    if (!found) return undefined
    const { startedAt, endedAt, size, errors } = found
    const { importMs, failure } = this.behaviour
    if (endedAt === undefined) {
      const percent = Math.min(99, Math.floor((100 * (Date.now() - startedAt)) / importMs))
      const status = percent < 10 ? 'pending' : 'running'
      return { id, status, progressValue: percent, progressSize: 100, errors: [] }
    }
    const status = errors.length > 0 && failure === 'status' ? 'failed' : 'finished'
    return { id, status, progressValue: size, progressSize: size, endDate: endedAt, errors }
  }

  /** Ends what has run long enough, and forgets what ended long ago. */
  private advance(): void {
    const now = Date.now()
    const { importMs, forgetMs } = this.behaviour
    for (const [id, each] of this.imports) {
      if (each.endedAt === undefined) {
        if (now - each.startedAt >= importMs) this.end(each)
      } else if (now - each.endedAt >= forgetMs) this.imports.delete(id)
    }
  }

  private end(each: ProductImport): void {
    const { file, xml } = each
    each.endedAt = Date.now()
    try {
      const offers = readOffers(xml, this.quantityAttribute)
      const isFailing = ({ sku }: { sku: string }) => this.behaviour.failing.includes(sku)
      each.size = offers.length
      each.errors = offers.filter(isFailing).map(({ sku }) => {
        return { code: 'catalog.import.offer.invalid', message: `The offer ${sku} is not valid.` }
      })
      this.inventory.apply(
        file,
        offers.filter((offer) => !isFailing(offer))
      )
    } catch (reason) {
      if (!(reason instanceof Rejected)) throw reason
      each.errors = [{ code: 'catalog.import.file.invalid', message: reason.message }]
    }
    const folder = each.errors.length > 0 ? this.folders.error : this.folders.archive
    writeFileSync(join(folder, file), xml)
    const reasons = each.errors.map(({ message }) => message).join('\n')
    if (each.errors.length > 0) writeFileSync(join(folder, `${file}.txt`), `${reasons}\n`)
  }
}
