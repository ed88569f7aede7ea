import { reject } from 'ramda'

import { type MappedOffer, type OfferName, offerKey } from '../offers/stockOffer'
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
  /** Offers that were not told, since others have their names, too. */
  shared: ReadonlyArray<Pick<OfferName, 'skuId' | 'sellerId'>>
  /** Offers whose names are those of others now, and whether these were told by them. */
  released: ReadonlyArray<OfferName & { isTaken: boolean }>
  mark: string
}

const FORGOTTEN_MS = 40 * 24 * 3_600_000

/**
 * Records what Intershop was told. What others began to tell and did not record is uncertain from now on: nobody
 * knows how far they got.
 * @throws {StateError}
 */
export async function record(documents: Documents, told: Told): Promise<void> {
  const { telling, offers, held, shared, released } = told
  const left = (await tellings(documents)).filter(({ name }) => name !== telling.name)
  const doubted = left.flatMap(({ skuIds }) => skuIds)
  const untold = [...held, ...shared, ...released].map(({ skuId }) => skuId)
  const ids = [...telling.skuIds, ...untold, ...doubted]
  const kept = await KeptById.open(documents, 'ledger', entriesSchema, ids)
  for (const skuId of doubted) alter(kept, skuId, (entry) => ({ ...entry, mark: UNCERTAIN }))
  for (const offer of released) leave(kept, offer, told)
  for (const offer of offers) enter(kept, offer, told)
  const hold = (entry: Entry) => ({ ...entry, heldAt: Math.max(entry.heldAt ?? 0, told.stamp) })
  for (const { skuId, sellerId } of held) {
    const isIt = (entry: Entry) => entry.sellerId === sellerId && !entry.former
    alter(kept, skuId, (entry) => (isIt(entry) ? hold(entry) : entry))
  }
  const isShared = new Set(shared.map(offerKey))
  // Who has the name alone again is told, whatever was kept back before.
  const share = ({ heldAt: _heldAt, ...entry }: Entry) => ({ ...entry, sharedAt: told.stamp })
  for (const { skuId } of shared) {
    alter(kept, skuId, (entry) =>
      isShared.has(offerKey({ skuId, sellerId: entry.sellerId })) ? share(entry) : entry
    )
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

/**
 * Forgets a name that another offer was told by; until then it is remembered as a former one, so that it is set to 0
 * should the other offer never be told by it. Nothing changes if it was told later.
 */
function leave(
  kept: KeptById<Entry[]>,
  { skuId, sellerId, offerSku, isTaken }: Told['released'][number],
  { stamp }: Told
) {
  const isIt = (entry: Entry) =>
    entry.sellerId === sellerId && entry.offerSku === offerSku && entry.toldAt <= stamp
  const entries = kept.get(skuId)
  if (!entries) return
  if (isTaken) kept.set(skuId, reject(isIt, entries))
  else
    kept.set(
      skuId,
      entries.map((entry) => (isIt(entry) ? { ...entry, former: true } : entry))
    )
}

function enter(kept: KeptById<Entry[]>, offer: MappedOffer, { stamp, mark }: Told) {
  const { skuId, sellerId, offerSku, quantity, rowId, observedAt } = offer
  const isFormer = (each: Entry) =>
    each.former === true && each.sellerId === sellerId && each.offerSku === offerSku
  const all = kept.get(skuId) ?? []
  const before = reject(isFormer, all)
  if (offer.why === 'renamed' && before.length < all.length) {
    kept.set(skuId, before)
    return
  }
  const known = entryOf(before, sellerId)
  if (known && known.toldAt > stamp) return
  const others = before.filter((each) => each.sellerId !== sellerId || each.former)
  const isSame = known?.quantity === quantity && known.offerSku === offerSku
  const changedAt = known && isSame ? known.changedAt : observedAt
  const entry: Entry = { sellerId, offerSku, quantity, changedAt, toldAt: stamp, mark, rowId }
  kept.set(skuId, offer.why === 'vanished' ? others : [...others, entry])
}
