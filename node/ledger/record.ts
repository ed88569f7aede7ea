import type { MappedOffer, OfferName } from '../offers/stockOffer'
import type { Documents } from '../state/documents'
import { KeptById } from '../state/keptById'
import { type Entry, entriesSchema, entryOf, mayBeSold, UNCERTAIN } from './entry'
import { type Telling, tellings } from './tellings'

/** What became of offers in one delivery. */
export interface Told {
  telling: Telling
  /** Stamp of the delivery. */
  stamp: number
  /** In the order in which they were told. */
  offers: readonly MappedOffer[]
  /** Offers of 0 that a guard kept back. */
  held: readonly OfferName[]
  mark: string
}

const FORGOTTEN_MS = 40 * 24 * 3_600_000

/**
 * Records what Intershop was told. What others began to tell and did not record is uncertain from now on: nobody
 * knows how far they got.
 * @throws {StateError}
 */
export async function record(documents: Documents, told: Told): Promise<void> {
  const { telling, offers, held } = told
  const left = (await tellings(documents)).filter(({ name }) => name !== telling.name)
  const doubted = left.flatMap(({ skuIds }) => skuIds)
  const ids = [...telling.skuIds, ...held.map(({ skuId }) => skuId), ...doubted]
  const kept = await KeptById.open(documents, 'ledger', entriesSchema, ids)
  for (const skuId of doubted) alter(kept, skuId, (entry) => ({ ...entry, mark: UNCERTAIN }))
  for (const offer of offers) enter(kept, offer, told)
  const hold = (entry: Entry) => ({ ...entry, heldAt: Math.max(entry.heldAt ?? 0, told.stamp) })
  for (const { skuId, sellerId } of held) {
    alter(kept, skuId, (entry) => (entry.sellerId === sellerId ? hold(entry) : entry))
  }
  await kept.save((entries) => entries.some(isOfUse(told.stamp)))
  for (const { name } of [telling, ...left]) await documents.remove('telling', name)
}

/** What was 0 long ago and never told again is gone; to tell it once more would do no harm. */
const isOfUse = (now: number) => (entry: Entry) =>
  mayBeSold(entry) || now - entry.toldAt < FORGOTTEN_MS

function alter(kept: KeptById<Entry[]>, skuId: number, change: (entry: Entry) => Entry) {
  const entries = kept.get(skuId)
  if (entries) kept.set(skuId, entries.map(change))
}

function enter(kept: KeptById<Entry[]>, offer: MappedOffer, { stamp, mark }: Told) {
  const { skuId, sellerId, offerSku, quantity, rowId, observedAt } = offer
  const before = kept.get(skuId) ?? []
  const known = entryOf(before, sellerId)
  if (known && known.toldAt > stamp) return
  const others = before.filter((each) => each.sellerId !== sellerId)
  const isSame = known?.quantity === quantity && known.offerSku === offerSku
  const changedAt = known && isSame ? known.changedAt : observedAt
  const entry: Entry = { sellerId, offerSku, quantity, changedAt, toldAt: stamp, mark, rowId }
  kept.set(skuId, offer.why === 'vanished' ? others : [...others, entry])
}
