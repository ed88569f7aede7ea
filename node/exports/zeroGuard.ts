import { countBy, partition, pick, pluck, sum, uniqBy } from 'ramda'
import type { MappedOffer } from '../offers/stockOffer'
import { countHeld, entriesAfter, entryOf } from '../published/entry'
import type { LedgerView, Published } from '../published/ledger'
import { bySku, type Started } from '../published/receipt'
import type { Settings } from '../settings/settings'
import { STOCK_SOURCES, type StockSource } from '../sources/source'
import { sourceOfSeller } from '../sources/sourceOfSeller'
import { noneNewlyZero } from './batchResult'
import type { BatchReceipt, Zeroed } from './documentNames'
import type { Dependencies } from './engine'
import { type ExportRequest, holdsNothing } from './exportRequest'
import type { QueueSnapshot } from './queue'
import { receiptId } from './receipts'

const HOUR_MS = 3_600_000
/** This many offers may become 0 within an hour, however small the catalog is. */
const ALWAYS_ALLOWED = 20

/** What decides which newly zero offers of a batch are held. */
export interface Guarded {
  queue: Pick<QueueSnapshot, 'deliveries'>
  request: ExportRequest
  settings: Settings
  ledger: LedgerView
  /** The ledger's entries of the batch's SKUs. */
  published: Published
  /** Sellers without a single SKU in a full export: their newly zero offers are held. */
  heldSellers: ReadonlySet<string>
}

/** Holds newly zero offers above the limit. @param now UTC milliseconds */
export async function holdBack(
  { log }: Pick<Dependencies, 'log'>,
  offers: readonly MappedOffer[],
  now: number,
  guarded: Guarded
): Promise<Record<'sent' | 'held' | 'dismissed', MappedOffer[]>> {
  const { request, settings, heldSellers, published } = guarded
  if (holdsNothing(request)) return { sent: [...offers], held: [], dismissed: [] }
  const lastSent = ({ skuId, sellerId }: MappedOffer) => entryOf(published.entries(skuId), sellerId)
  const isUnread = ({ why, sellerId }: MappedOffer) =>
    why === 'removed' && heldSellers.has(sellerId)
  const isDismissed = (offer: MappedOffer) =>
    request.route === 'dismiss' || lastSent(offer)?.dismissedAt !== undefined
  const isHeld = (offer: MappedOffer) =>
    heldSellers.has(offer.sellerId) || lastSent(offer)?.heldAt !== undefined
  const all = offers.filter((offer) => isUnread(offer) || isNewlyZero(offer, published))
  const [dismissed, zeros] = partition(isDismissed, all)
  const [before, fresh] = partition(isHeld, zeros)
  let held = before
  for (const source of STOCK_SOURCES) {
    const own = fresh.filter(({ sellerId }) => sourceOfSeller(settings, sellerId) === source)
    if (own.length === 0) continue
    held = [...held, ...own.slice(await remainingZeros(guarded, source, own.length, now))]
  }
  if (held.length > 0) {
    const reason = 'newly 0, more than maxNewlyZeroPercent allows; force=true releases them'
    log.warn('offers.held', { exportId: request.exportId, offers: held.length, reason })
  }
  const left = new Set([...held, ...dismissed])
  return { sent: offers.filter((offer) => !left.has(offer)), held, dismissed }
}

function isNewlyZero(offer: MappedOffer, published: Published): boolean {
  const { skuId, sellerId, offerSku, quantity, why } = offer
  if (quantity > 0 || why === 'renamed') return false
  const entries = published.entries(skuId).filter((entry) => entry.sellerId === sellerId)
  const before = entries.find((entry) => entry.offerSku === offerSku) ?? entryOf(entries, sellerId)
  return before !== undefined && before.quantity > 0
}

/**
 * How many more offers of a source may be set to 0 now: within one hour, `maxNewlyZeroPercent` of those that were above
 * 0 at its start. More than that usually means a mistake, not sales. 100 disables the limit.
 */
async function remainingZeros(
  { ledger, settings, queue, request: { exportId } }: Guarded,
  source: StockSource,
  wanted: number,
  now: number
): Promise<number> {
  if (settings.maxNewlyZeroPercent === 100) return wanted
  // The zeros of the current export count even if it is a dry run.
  const real = queue.deliveries.filter((each) => !each.dry || each.exportId === exportId)
  // A batch may have two receipts, started and committed.
  const batches = uniqBy(receiptId, real)
  const zeroedIn = (some: readonly BatchReceipt[]) => sum(some.map(({ zeroed }) => zeroed[source]))
  const [lately, before] = partition(({ version: at }) => at > now - HOUR_MS, batches)
  const done = zeroedIn(lately)
  if (done + wanted <= ALWAYS_ALLOWED) return wanted
  const { version, bySeller } = await ledger.inStock()
  const own = [...bySeller].filter(([id]) => sourceOfSeller(settings, id) === source)
  // The ledger counted offers in stock at `version`: adjusted to the start of the hour.
  const since = before.filter(({ version: at }) => at > version)
  const again = lately.filter(({ version: at }) => at <= version)
  const atFirst = sum(own.map(([, count]) => count)) - zeroedIn(since) + zeroedIn(again)
  const share = Math.floor((atFirst * settings.maxNewlyZeroPercent) / 100)
  return Math.max(0, Math.max(ALWAYS_ALLOWED, share) - done)
}

/** What the offers of a batch that are sent set to 0, for its report and for the limit. */
export function zeroedOf(
  sent: readonly MappedOffer[],
  { request, settings, published }: Pick<Guarded, 'request' | 'settings' | 'published'>
) {
  const zeros = sent.filter((offer) => isNewlyZero(offer, published))
  const count = (isIt: (offer: MappedOffer) => boolean) => sent.filter(isIt).length
  const bySource = countBy(({ sellerId }) => sourceOfSeller(settings, sellerId) ?? 'none', zeros)
  return {
    zeroed: {
      read: zeros.filter(({ why }) => why === undefined).length,
      removed: count(({ why }) => why === 'removed'),
      renamed: count(({ why }) => why === 'renamed'),
    },
    // Forced offers do not count towards the limit.
    newlyZero: holdsNothing(request)
      ? noneNewlyZero
      : { ...noneNewlyZero, ...pick(STOCK_SOURCES, bySource) },
  }
}

/** How many more offers of each source are held after a batch; negative if it released some. */
export function heldChange(published: Published, started: Started, settings: Settings): Zeroed {
  const bySeller = new Map<string, number>()
  const batch = { version: Number.MAX_SAFE_INTEGER, readAfter: Number.MAX_SAFE_INTEGER }
  const held = new Set(pluck('skuId', started.held))
  // Of all others nothing changes, and they are many.
  const isHeld = (skuId: number) =>
    held.has(skuId) || published.entries(skuId).some(({ heldAt }) => heldAt !== undefined)
  for (const [skuId, own] of bySku(started, isHeld)) {
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
