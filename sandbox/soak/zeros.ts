import { expectedOfAll, type Sellers } from '../comparison/all-offers'
import { expectedFromCentra } from '../comparison/centra'
import type { ExpectedOffer } from '../comparison/expected-offer'
import { expectation } from '../comparison/own-stock'
import type { TruthSettings } from '../comparison/settings'
import type { Inventory } from '../world/intershop/inventory'

/** A zero that Intershop imported though the SKU never was sold out. */
export interface FalseZero {
  offerSku: string
  file: string
}

/**
 * Holds each zero that Intershop imports against the past of its source: the offer must have been zero at some
 * moment before. An offer that could not be read and went out as zero would not have been.
 */
export class ZeroWatch {
  /** Zeros imported, the true ones included. */
  imported = 0
  readonly falseZeros: FalseZero[] = []
  private readonly everZero = new Set<string>()
  private readonly neverZero = new Set<string>()

  constructor(sellers: Sellers, inventory: Inventory, settings: TruthSettings) {
    const { commerce, centra } = sellers
    // Which SKUs these are stays the same in a storm.
    const inCentra = new Set<number>()
    for (const { source, skuId, offerSku, quantity } of expectedOfAll(sellers, settings)) {
      if (source === 'Centra') inCentra.add(skuId)
      if (quantity > 0) this.neverZero.add(offerSku)
      else this.everZero.add(offerSku)
    }
    const expectOwn = expectation(commerce, settings)
    const lookAtCentra = () => {
      if (!centra) return
      for (const offer of expectedFromCentra(centra, commerce, settings)) this.note(offer)
    }
    commerce.onChange(({ skuId }) => {
      for (const id of [skuId, ...commerce.kits.of(skuId)]) this.note(expectOwn(id))
      if (inCentra.has(skuId)) lookAtCentra()
    })
    centra?.onChange(lookAtCentra)
    inventory.onImport((file, offers) => {
      for (const { sku, quantity } of offers) {
        if (quantity !== 0) continue
        this.imported++
        if (!this.everZero.has(sku)) this.falseZeros.push({ offerSku: sku, file })
      }
    })
  }

  /** Offers that never were zero, so that any zero of theirs is false. */
  get guarded(): number {
    return this.neverZero.size
  }

  private note(offer: ExpectedOffer | undefined): void {
    if (offer?.quantity !== 0) return
    this.everZero.add(offer.offerSku)
    this.neverZero.delete(offer.offerSku)
  }
}
