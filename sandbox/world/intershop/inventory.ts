import { renameSync, rmSync } from 'fs'
import { appendJsonLine, readJsonLines } from '../json-lines'

/** An offer as Intershop holds it. What no file ever said is absent. */
export interface InventoryOffer {
  /** The custom attribute that carries the stock, in units. */
  quantity?: number
  available?: boolean
  /** `availability-status`. */
  orderable?: boolean
  sellerId?: string
  /** When the quantity was read from its source, in epoch milliseconds. */
  observedAt?: number
  /** The file that spoke last of this offer. */
  file: string
}

/** What a file says of one offer; absent fields leave Intershop's as they are. */
export interface OfferUpdate extends Omit<InventoryOffer, 'file'> {
  sku: string
}

interface ImportedFile {
  file: string
  offers: OfferUpdate[]
}

/**
 * Intershop's offers, in memory and in a journal on disk that a restart reads.
 * Mode UPDATE: an unknown SKU is created, and a file that is imported later
 * overwrites, whatever was observed when.
 */
export class Inventory {
  private readonly offers = new Map<string, InventoryOffer>()
  // A million offers name a handful of sellers: each name is kept once.
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

  /** Calls back for each file that is imported from now on. */
  onImport(listener: (file: string, offers: readonly OfferUpdate[]) => void): void {
    this.listeners.push(listener)
  }

  /** Applies a whole file: on disk first, so that it is not half applied after a kill. */
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

  // One literal with every field: all offers then share a shape, and half a million take 80 MB.
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

// A slice of a file's text keeps the whole text in memory; a copy does not.
function unshared(text: string): string {
  return Buffer.from(text).toString()
}
