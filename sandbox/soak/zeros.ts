import type { Account } from '../world/commerce/account'
import { expectation, expectedOffers, type TruthSettings } from '../world/commerce/truth'
import type { Inventory } from '../world/intershop/inventory'

/** A zero that Intershop imported though the SKU never was sold out. */
export interface FalseZero {
  offerSku: string
  file: string
}

/**
 * Holds each zero that Intershop imports against the account's past: the offer must have been zero at some
 * moment before. An offer that could not be read and went out as zero would not have been.
 */
export class ZeroWatch {
  /** Zeros imported, the true ones included. */
  imported = 0
  readonly falseZeros: FalseZero[] = []
  private readonly everZero = new Set<string>()
  private readonly neverZero = new Set<string>()

  constructor(account: Account, inventory: Inventory, settings: TruthSettings) {
    for (const { offerSku, quantity } of expectedOffers(account, settings)) {
      if (quantity > 0) this.neverZero.add(offerSku)
      else this.everZero.add(offerSku)
    }
    const expect = expectation(account, settings)
    account.onChange(({ skuId }) => {
      const offer = expect(skuId)
      if (offer?.quantity !== 0) return
      this.everZero.add(offer.offerSku)
      this.neverZero.delete(offer.offerSku)
    })
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
}
