import type { MappedOffer } from '../offers/stockOffer'
import type { Documents } from '../state/documents'
import { KeptById } from '../state/keptById'
import { type Entry, entriesSchema, entryOf } from './entry'
import { tellings } from './tellings'

/** Longer ago, a worker that nobody sees any more may have told something else since. */
export const TOLD_TRUSTED_MS = 20 * 3_600_000

/**
 * What Intershop was told last of the offers of some SKUs. A hint that may be lost: an offer that is not in it is
 * sent once more.
 */
export class Ledger {
  private constructor(
    private readonly kept: KeptById<Entry[]>,
    private readonly uncertain: ReadonlySet<number>
  ) {}

  /** @throws {StateError} */
  static async open(documents: Documents, skuIds: Iterable<number>): Promise<Ledger> {
    // First what is uncertain: what is recorded meanwhile is certain by then, or was uncertain before.
    const uncertain = (await tellings(documents)).flatMap((telling) => telling.skuIds)
    const kept = await KeptById.open(documents, 'ledger', entriesSchema, skuIds)
    return new Ledger(kept, new Set(uncertain))
  }

  entries(skuId: number): readonly Entry[] {
    return this.kept.get(skuId) ?? []
  }

  entry(skuId: number, sellerId: string): Entry | undefined {
    return entryOf(this.kept.get(skuId), sellerId)
  }

  /** What Intershop surely was told of an offer, with the settings and in the workspace of the mark. */
  trusted(skuId: number, sellerId: string, mark: string, now: number): Entry | undefined {
    const entry = this.entry(skuId, sellerId)
    const isTrusted = entry?.mark === mark && now - entry.toldAt < TOLD_TRUSTED_MS
    return isTrusted && !this.uncertain.has(skuId) ? entry : undefined
  }

  /** Whether Intershop holds just this offer already. */
  holds({ skuId, sellerId, offerSku, quantity }: MappedOffer, mark: string, now: number): boolean {
    const entry = this.trusted(skuId, sellerId, mark, now)
    return (
      entry !== undefined &&
      entry.heldAt === undefined &&
      entry.sharedAt === undefined &&
      entry.offerSku === offerSku &&
      entry.quantity === quantity
    )
  }
}
