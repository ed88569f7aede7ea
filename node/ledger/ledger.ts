import { z } from 'zod'

import type { MappedOffer } from '../offers/stockOffer'
import type { Documents } from '../state/documents'
import { KeptById } from '../state/keptById'
import { type Telling, tellings } from './tellings'

/** Longer ago, a worker that nobody sees any more may have told something else since. */
const TRUSTED_MS = 20 * 3_600_000

const entrySchema = z.object({
  sellerId: z.string(),
  offerSku: z.string(),
  quantity: z.number(),
  /** When that quantity was first observed, UTC milliseconds. */
  changedAt: z.number(),
  /** Stamp of the delivery by which Intershop was told last. */
  toldAt: z.number(),
  /** Of the settings and the workspace that it was told with. */
  mark: z.string(),
})

type Entry = z.infer<typeof entrySchema>

const entriesSchema = z.array(entrySchema)

/** Offers that were delivered together. */
export interface Told {
  telling: Telling
  /** Stamp of the delivery. */
  stamp: number
  offers: readonly MappedOffer[]
  mark: string
}

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
  static async open(documents: Documents, skuIds: readonly number[]): Promise<Ledger> {
    // First what is uncertain: what is recorded meanwhile is certain by then, or was uncertain before.
    const uncertain = (await tellings(documents)).flatMap((telling) => telling.skuIds)
    const kept = await KeptById.open(documents, 'ledger', entriesSchema, skuIds)
    return new Ledger(kept, new Set(uncertain))
  }

  /** Whether Intershop holds just this offer already, told with the same settings. */
  holds(offer: MappedOffer, mark: string, now: number): boolean {
    const { skuId, sellerId, offerSku, quantity } = offer
    if (this.uncertain.has(skuId)) return false
    const entry = entryOf(this.kept.get(skuId), sellerId)
    return (
      entry !== undefined &&
      entry.mark === mark &&
      entry.offerSku === offerSku &&
      entry.quantity === quantity &&
      now - entry.toldAt < TRUSTED_MS
    )
  }
}

/**
 * Records what Intershop was told. What others began to tell and did not record is forgotten: nobody knows how
 * far they got.
 * @throws {StateError}
 */
export async function record(documents: Documents, told: Told): Promise<void> {
  const { telling, stamp, offers, mark } = told
  const left = (await tellings(documents)).filter(({ name }) => name !== telling.name)
  const forgotten = left.flatMap(({ skuIds }) => skuIds)
  const ids = [...new Set([...telling.skuIds, ...forgotten])]
  const kept = await KeptById.open(documents, 'ledger', entriesSchema, ids)
  for (const skuId of forgotten) if (kept.get(skuId)) kept.set(skuId, [])
  for (const offer of offers) {
    const before = kept.get(offer.skuId) ?? []
    const known = entryOf(before, offer.sellerId)
    if (known && known.toldAt > stamp) continue
    const { sellerId, offerSku, quantity } = offer
    const isSame = known?.quantity === quantity && known.offerSku === offerSku
    const changedAt = known && isSame ? known.changedAt : offer.observedAt
    const entry = { sellerId, offerSku, quantity, changedAt, toldAt: stamp, mark }
    kept.set(offer.skuId, [...before.filter((each) => each.sellerId !== sellerId), entry])
  }
  await kept.save((entries) => entries.length > 0)
  for (const { name } of [telling, ...left]) await documents.remove('telling', name)
}

const entryOf = (entries: readonly Entry[] | undefined, sellerId: string) =>
  entries?.find((entry) => entry.sellerId === sellerId)
