import { zip } from 'ramda'
import { iso, realClock } from '../common/clock'
import { batchOf } from '../exports/batches'
import { QueueReader } from '../exports/queue'
import { receiptsOf } from '../exports/receipts'
import { type Entry, mayBeSold } from '../published/entry'
import { Ledger, type LedgerView } from '../published/ledger'
import type { Settings } from '../settings/settings'
import { sourceOfSeller } from '../sources/sourceOfSeller'
import type { Documents } from '../state/documents'
import type { HeldPage, SkuAnswer } from './answers'

// What Intershop was sent last, from the ledger. Settings are undefined if they are invalid: then no offer has a source.

/** Batches that are looked up for one SKU. */
const MOST_BATCHES = 20
/** A page that takes longer ends early: the next one continues. */
const PAGE_MS = 8_000

/** The ledger as of now. @throws {StateError} */
export async function ledgerNow(documents: Documents): Promise<LedgerView> {
  const receipts = await new QueueReader(documents, realClock).allDeliveries()
  return new Ledger({ documents, clock: realClock }).at(receiptsOf(receipts))
}

function nameOf({ sellerId, offerSku }: Entry, settings: Settings | undefined) {
  const source = settings && sourceOfSeller(settings, sellerId)
  return { sellerId, offerSku, ...(source && { source }) }
}

/** The offers of a SKU. @throws {StateError} */
export async function lastSent(
  documents: Documents,
  ledger: LedgerView,
  settings: Settings | undefined,
  skuId: number
): Promise<SkuAnswer['offers']> {
  const entries = (await ledger.of([skuId])).entries(skuId)
  const versions = [...new Set(entries.map(({ version }) => version))].slice(0, MOST_BATCHES)
  const found = await Promise.all(versions.map((version) => batchOf(documents, version)))
  const batches = new Map(zip(versions, found))
  // A former offer SKU that is 0 is nobody's.
  const isFormer = ({ sellerId, version }: Entry) =>
    entries.some((each) => each.sellerId === sellerId && each.version > version)
  const shown = entries.filter((entry) => mayBeSold(entry) || !isFormer(entry))
  return shown.map((entry) => {
    const { quantity, version, isCertain, heldAt, dismissedAt } = entry
    return {
      ...nameOf(entry, settings),
      lastSent: { quantity, at: iso(version), isCertain, ...batches.get(version) },
      held: heldAt !== undefined,
      ...(heldAt !== undefined && { heldAt: iso(heldAt) }),
      dismissed: dismissedAt !== undefined,
    }
  })
}

/**
 * Held offers, SKU ids descending. A SKU's offers are on one page, which may have a few more than `limit` therefore.
 * @param wanted `before`: only SKUs below this id
 * @throws {StateError}
 */
export async function heldPage(
  ledger: LedgerView,
  settings: Settings | undefined,
  wanted: { sellerId?: string | undefined; before: number; limit: number }
): Promise<HeldPage> {
  const until = Date.now() + PAGE_MS
  const items: HeldPage['items'] = []
  for await (const [skuId, entries] of ledger.walkDown(wanted.before)) {
    for (const entry of entries) {
      const { quantity, version, heldAt } = entry
      const isWanted = wanted.sellerId === undefined || wanted.sellerId === entry.sellerId
      if (heldAt === undefined || !isWanted) continue
      items.push({
        ...{ skuId, ...nameOf(entry, settings), lastSent: quantity, lastSentAt: iso(version) },
        ...{ found: 0, heldAt: iso(heldAt) },
      })
    }
    if (items.length >= wanted.limit || Date.now() >= until) return { items, next: skuId }
  }
  return { items }
}
