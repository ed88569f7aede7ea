import { iso } from '../common/clock'
import { batchOf } from '../exports/batches'
import { type Entry, mayBeSold } from '../published/entry'
import type { LedgerView } from '../published/ledger'
import type { Settings } from '../settings/settings'
import { sourceOfSeller } from '../sources/sourceOfSeller'
import type { Documents } from '../state/documents'
import type { SkuAnswer } from './answers'

/** Batches that are looked up for one SKU. */
const MOST_BATCHES = 20

/**
 * What Intershop was sent last of a SKU.
 * @param settings undefined if they are invalid: then no offer has a source
 * @throws {StateError}
 */
export async function lastSent(
  documents: Documents,
  ledger: LedgerView,
  settings: Settings | undefined,
  skuId: number
): Promise<SkuAnswer['offers']> {
  const entries = (await ledger.of([skuId])).entries(skuId)
  const versions = [...new Set(entries.map(({ version }) => version))].slice(0, MOST_BATCHES)
  const found = await Promise.all(
    versions.map(async (version) => [version, await batchOf(documents, version)] as const)
  )
  const batches = new Map(found)
  return entries.filter(isShown).map((entry) => {
    const { sellerId, offerSku, quantity, version, isCertain, heldAt, dismissedAt } = entry
    const source = settings && sourceOfSeller(settings, sellerId)
    return {
      ...{ sellerId, offerSku, ...(source && { source }) },
      lastSent: { quantity, at: iso(version), isCertain, ...batches.get(version) },
      held: heldAt !== undefined,
      ...(heldAt !== undefined && { heldAt: iso(heldAt) }),
      dismissed: dismissedAt !== undefined,
    }
  })

  /** A former offer SKU that is 0 is nobody's. */
  function isShown(entry: Entry): boolean {
    const newest = entries.every(
      ({ sellerId, version }) => sellerId !== entry.sellerId || version <= entry.version
    )
    return newest || mayBeSold(entry)
  }
}
