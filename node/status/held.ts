import { iso, realClock } from '../common/clock'
import { QueueReader } from '../exports/queue'
import { receiptsOf } from '../exports/receipts'
import { Ledger, type LedgerView } from '../published/ledger'
import type { Settings } from '../settings/settings'
import { sourceOfSeller } from '../sources/sourceOfSeller'
import type { Documents } from '../state/documents'
import type { HeldPage } from './answers'

/** A page that takes longer ends early: the next one continues. */
const PAGE_MS = 8_000

/** What Intershop was sent last, as of now. @throws {StateError} */
export async function ledgerNow(documents: Documents): Promise<LedgerView> {
  const receipts = await new QueueReader(documents, realClock).allDeliveries()
  return new Ledger({ documents, clock: realClock }).at(receiptsOf(receipts))
}

interface Wanted {
  sellerId?: string | undefined
  /** Only SKUs below this id. */
  before: number
  limit: number
}

/**
 * Held offers, SKU ids descending. A SKU's offers are on one page, which may have a few more than `limit` therefore.
 * @param settings undefined if they are invalid: then no offer has a source
 * @throws {StateError}
 */
export async function heldPage(
  ledger: LedgerView,
  settings: Settings | undefined,
  { sellerId: only, before, limit }: Wanted
): Promise<HeldPage> {
  const until = Date.now() + PAGE_MS
  const items: HeldPage['items'] = []
  for await (const [skuId, entries] of ledger.walkDown(before)) {
    for (const { sellerId, offerSku, quantity, version, heldAt } of entries) {
      if (heldAt === undefined || (only !== undefined && sellerId !== only)) continue
      const source = settings && sourceOfSeller(settings, sellerId)
      items.push({
        ...{ skuId, sellerId, offerSku, ...(source && { source }) },
        ...{ lastSent: quantity, lastSentAt: iso(version), found: 0, heldAt: iso(heldAt) },
      })
    }
    if (items.length >= limit || Date.now() >= until) return { items, next: skuId }
  }
  return { items }
}
