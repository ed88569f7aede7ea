import { countHeld, entriesAfter } from '../published/entry'
import type { Published } from '../published/ledger'
import { bySku, type Started } from '../published/receipt'
import type { Settings } from '../settings/settings'
import { sourceOfSeller } from '../sources/sourceOfSeller'
import type { Zeroed } from './documentNames'

/** How many more offers of each source are held after a batch; negative if it released some. */
export function heldChange(published: Published, started: Started, settings: Settings): Zeroed {
  const bySeller = new Map<string, number>()
  const batch = { version: Number.MAX_SAFE_INTEGER, readAfter: Number.MAX_SAFE_INTEGER }
  for (const [skuId, own] of bySku(started, () => true)) {
    const before = published.entries(skuId)
    countHeld(bySeller, before, -1)
    countHeld(bySeller, entriesAfter(before, { ...batch, isCommitted: true }, own))
  }
  return heldBySource(bySeller, settings)
}

/** Adds up the counts of sellers by their sources. */
export function heldBySource(bySeller: ReadonlyMap<string, number>, settings: Settings): Zeroed {
  const held = { own: 0, centra: 0, sellers: 0 }
  for (const [sellerId, count] of bySeller) {
    const source = sourceOfSeller(settings, sellerId)
    if (source) held[source] += count
  }
  return held
}
