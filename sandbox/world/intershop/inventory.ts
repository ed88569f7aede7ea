import { renameSync, rmSync } from 'fs'
import { appendJsonLine, readJsonLines } from '../json-lines'

/** An offer in Intershop; fields that no file set are absent. */
export interface InventoryOffer {
  /** Units: the custom attribute of the stock. */
  quantity?: number
  available?: boolean
  /** `availability-status`. */
  orderable?: boolean
  sellerId?: string
  /** When the quantity was read from its source, epoch milliseconds. */
  observedAt?: number
  /** The last file with this offer. */
  file: string
}

/** An offer in a file; absent fields do not change Intershop's. */
export interface OfferUpdate extends Omit<InventoryOffer, 'file'> {
  sku: string
}

interface ImportedFile {
  file: string
  offers: OfferUpdate[]
}

/**
 * Intershop's offers, in memory and in a journal on disk. Mode UPDATE: unknown SKUs are created, and a later file
 * overwrites an earlier one, whatever its observation time.
 */
export class Inventory {
  private readonly offers = new Map<string, InventoryOffer>()
  // Each seller id is kept in memory once.
  private readonly sellerIds = new Map<string, string>()
  private readonly listeners: ((file: string, offers: readonly OfferUpdate[]) => void)[] = []

  constructor(private readonly journal: string) {
    let updates = 0
    for (const imported of readJsonLines<ImportedFile>(journal)) {
      this.take(imported)
      updates += imported.offers.length
    }
    if (updates > 2 * this.offers.size + 10_000) this.compact()
  }

  get size(): number {
    return this.offers.size
  }

  get(sku: string): InventoryOffer | undefined {
    return this.offers.get(sku)
  }

  entries(): IterableIterator<[string, InventoryOffer]> {
    return this.offers.entries()
  }

  /** Calls the listener for each imported file. */
  onImport(listener: (file: string, offers: readonly OfferUpdate[]) => void): void {
    this.listeners.push(listener)
  }

  /** Applies a whole file: on disk first, so that a kill cannot leave it half applied. */
  apply(file: string, offers: OfferUpdate[]): void {
    appendJsonLine(this.journal, { file, offers })
    this.take({ file, offers })
    for (const listener of this.listeners) listener(file, offers)
  }

  private take({ file, offers }: ImportedFile): void {
    for (const update of offers) {
      const known = this.offers.get(update.sku)
      const merged = this.merge(known, update, file)
      if (known) Object.assign(known, merged)
      else this.offers.set(unshared(update.sku), merged)
    }
  }

  // One literal with all fields, so that all offers share a hidden class: half a million take 80 MB.
  private merge(known: InventoryOffer | undefined, update: OfferUpdate, file: string) {
    const { quantity, available, orderable, sellerId, observedAt } = update
    return {
      quantity: quantity ?? known?.quantity,
      available: available ?? known?.available,
      orderable: orderable ?? known?.orderable,
      sellerId: sellerId === undefined ? known?.sellerId : this.sellerName(sellerId),
      observedAt: observedAt ?? known?.observedAt,
      file,
    }
  }

  private sellerName(sellerId: string): string {
    const known = this.sellerIds.get(sellerId)
    if (known !== undefined) return known
    const name = unshared(sellerId)
    this.sellerIds.set(name, name)
    return name
  }

  private compact(): void {
    const snapshot = `${this.journal}.compacting`
    rmSync(snapshot, { force: true })
    const files = new Map<string, OfferUpdate[]>()
    for (const [sku, { file, ...offer }] of this.offers) {
      const offers = files.get(file) ?? []
      offers.push({ sku, ...offer })
      files.set(file, offers)
    }
    for (const [file, offers] of files) appendJsonLine(snapshot, { file, offers })
    renameSync(snapshot, this.journal)
  }
}

// A substring keeps the whole file's text in memory; a copy does not.
function unshared(text: string): string {
  return Buffer.from(text).toString()
}
