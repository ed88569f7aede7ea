import { expectedFromCentra } from '../comparison/centra'
import type { ExpectedOffer } from '../comparison/expected-offer'
import { allExpectedOffers, type StockSources } from '../comparison/expected-offers'
import { ownOfferOf } from '../comparison/own-stock'
import type { ComparisonSettings } from '../comparison/settings'
import type { Inventory } from '../world/intershop/inventory'

/** A zero that Intershop imported for an offer that was never sold out. */
export interface FalseZero {
  offerSku: string
  file: string
}

/**
 * Checks each zero that Intershop imports: the offer must have been zero in its source at some time before. A failed
 * read that is published as zero is found this way.
 */
export class ZeroMonitor {
  /** All imported zeros, correct ones included. */
  imported = 0
  readonly falseZeros: FalseZero[] = []
  private readonly everZero = new Set<string>()
  private readonly neverZero = new Set<string>()

  constructor(sellers: StockSources, inventory: Inventory, settings: ComparisonSettings) {
    const { commerce, centra } = sellers
    // The set of SKUs does not change during a chaos run.
    const inCentra = new Set<number>()
    for (const { source, skuId, offerSku, quantity } of allExpectedOffers(sellers, settings)) {
      if (source === 'Centra') inCentra.add(skuId)
      if (quantity > 0) this.neverZero.add(offerSku)
      else this.everZero.add(offerSku)
    }
    const ownOffer = ownOfferOf(commerce, settings)
    const noteCentra = () => {
      if (!centra) return
      for (const offer of expectedFromCentra(centra, commerce, settings)) this.note(offer)
    }
    commerce.onChange(({ skuId }) => {
      for (const id of [skuId, ...commerce.kits.of(skuId)]) this.note(ownOffer(id))
      if (inCentra.has(skuId)) noteCentra()
    })
    centra?.onChange(noteCentra)
    inventory.onImport((file, offers) => {
      for (const { sku, quantity } of offers) {
        if (quantity !== 0) continue
        this.imported++
        if (!this.everZero.has(sku)) this.falseZeros.push({ offerSku: sku, file })
      }
    })
  }

  /** Number of offers that were never zero: each zero of theirs is false. */
  get neverZeroCount(): number {
    return this.neverZero.size
  }

  private note(offer: ExpectedOffer | undefined): void {
    if (offer?.quantity !== 0) return
    this.everZero.add(offer.offerSku)
    this.neverZero.delete(offer.offerSku)
  }
}
