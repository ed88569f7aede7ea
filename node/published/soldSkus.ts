import { type Entry, mayBeSold } from './entry'
import type { LedgerView } from './ledger'

const IDS_A_BATCH = 10_000

/**
 * The SKUs of which Intershop may be selling an offer, ascending, in batches. An export reads them also if no listing
 * contains them, to find removed offers.
 * @param isAsked whether an offer counts
 * @param sellers gets the sellers of these offers
 */
export async function* soldSkus(
  ledger: LedgerView,
  isAsked: (entry: Entry, skuId: number) => boolean,
  sellers: Set<string>
): AsyncGenerator<number[]> {
  let ids: number[] = []
  for await (const [skuId, entries] of ledger.walk()) {
    const sold = entries.filter((entry) => mayBeSold(entry) && isAsked(entry, skuId))
    if (sold.length === 0) continue
    for (const { sellerId } of sold) sellers.add(sellerId)
    ids.push(skuId)
    if (ids.length < IDS_A_BATCH) continue
    yield ids
    ids = []
  }
  yield ids
}
