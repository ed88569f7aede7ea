import { countBy, partition, pick } from 'ramda'
import type { MappedOffer } from '../offers/stockOffer'
import { type Entry, entryOf } from '../published/entry'
import type { LedgerView, Published } from '../published/ledger'
import type { Settings } from '../settings/settings'
import { type DirectReads, type PagedSource, STOCK_SOURCES } from '../sources/source'
import { sourceOfSeller } from '../sources/sourceOfSeller'
import { type BatchResult, counted, noneNewlyZero, startedOf } from './batchResult'
import type { Dependencies } from './engine'
import { type ExportRequest, holdsNothing, isOfHeld, isOfScope } from './exportRequest'
import { heldChange } from './heldChange'
import type { QueueSnapshot } from './queue'
import { withOwnNames } from './sharedNames'
import { isUpToDate, isVerified, publishedUnder } from './unchanged'
import { remainingZeros } from './zeroGuard'

/** What a batch is compared with, and how. */
export interface Comparison {
  queue: Pick<QueueSnapshot, 'deliveries'>
  request: ExportRequest
  settings: Settings
  direct: DirectReads
  /** Rows of Centra by their ids; absent where the export does not read it. */
  centraRows?: PagedSource['rows'] | undefined
  ledger: LedgerView
  /** The ledger's entries of the batch's SKUs. */
  published: Published
  /** Whether offers that Intershop certainly has already are not sent. */
  skipsUnchanged: boolean
  /** Sellers without a single SKU in a full export: their newly zero offers are held. */
  heldSellers: ReadonlySet<string>
  /** Absent where the app does not look for drift. */
  changedAt?: ChangedAt | undefined
}

/**
 * Compares what was read with what was published: decides which offers are sent (also under former offer SKUs), which
 * are unchanged and which the zero guard holds.
 * @throws {UpstreamError} if a failure concerns all offers
 */
export async function compareWithPublished(
  engine: Pick<Dependencies, 'documents' | 'clock' | 'log' | 'workspace'>,
  whole: BatchResult,
  comparison: Comparison
): Promise<BatchResult> {
  const read = isOfHeld(comparison.request) ? onlyHeld(whole, comparison) : whole
  if (read.offers.length + read.unmapped.length === 0) return read
  const { published, settings, skipsUnchanged: leavesOut } = comparison
  const now = engine.clock.now()
  const under = publishedUnder(settings, engine)
  const around = { ...comparison, documents: engine.documents, now, under }
  const named = await withOwnNames(read, published, around)
  const isUnchanged = (offer: MappedOffer) =>
    leavesOut && offer.why === undefined && isUpToDate(published.entries(offer.skuId), offer, under)
  const [unchanged, changed] = partition(isUnchanged, named.offers)
  const { sent, held, dismissed } = await holdBack(engine, changed, now, comparison)
  const lastSent = ({ skuId, sellerId }: MappedOffer) => {
    const entry = entryOf(published.entries(skuId), sellerId)
    return entry && isVerified(entry, under) ? entry : undefined
  }
  const result = {
    ...named,
    offers: sent,
    counts: counted({
      sent: sent.length,
      unchanged: unchanged.length + dismissed.length,
      held: held.length,
      unmapped: named.unmapped.length,
      failed: named.failures.length,
    }),
    ...zeroedOf(sent, comparison),
    held: held.map(({ skuId, sellerId, offerSku }) => ({ skuId, sellerId, offerSku })),
    dismissed: dismissed.map(({ skuId, sellerId }) => ({ skuId, sellerId })),
    drifted: comparison.changedAt ? driftOf(named.offers, lastSent, comparison.changedAt) : [],
  }
  return { ...result, heldChange: heldChange(published, startedOf(result, under), settings) }
}

/** The offers of a batch that are held and in the scope of a release or dismissal. */
function onlyHeld(read: BatchResult, { request, published }: Comparison): BatchResult {
  const isIt = ({ skuId, sellerId }: { skuId?: number; sellerId?: string }) =>
    skuId !== undefined &&
    published
      .entries(skuId)
      .some(
        (entry) =>
          entry.heldAt !== undefined &&
          (sellerId === undefined || entry.sellerId === sellerId) &&
          isOfScope(request, skuId, entry.sellerId)
      )
  const offers = read.offers.filter(isIt)
  const failures = read.failures.filter(isIt)
  const unmapped = read.unmapped.filter(isIt)
  const counts = { sent: offers.length, failed: failures.length, unmapped: unmapped.length }
  return { ...read, offers, failures, unmapped, counts: counted(counts) }
}

/** Holds newly zero offers above the limit. */
async function holdBack(
  { log }: Pick<Dependencies, 'log'>,
  offers: readonly MappedOffer[],
  now: number,
  { queue, request, settings, heldSellers, ledger, published }: Comparison
): Promise<Record<'sent' | 'held' | 'dismissed', MappedOffer[]>> {
  if (holdsNothing(request)) return { sent: [...offers], held: [], dismissed: [] }
  const held = new Set<MappedOffer>()
  const isUnread = ({ why, sellerId }: MappedOffer) =>
    why === 'removed' && heldSellers.has(sellerId)
  const all = offers.filter((offer) => isUnread(offer) || isNewlyZero(offer, published))
  const [dismissed, zeros] = partition(
    ({ skuId, sellerId }) =>
      request.route === 'dismiss' ||
      entryOf(published.entries(skuId), sellerId)?.dismissedAt !== undefined,
    all
  )
  const isHeld = ({ skuId, sellerId }: MappedOffer) =>
    heldSellers.has(sellerId) || entryOf(published.entries(skuId), sellerId)?.heldAt !== undefined
  const [before, fresh] = partition(isHeld, zeros)
  for (const offer of before) held.add(offer)
  for (const source of STOCK_SOURCES) {
    const own = fresh.filter(({ sellerId }) => sourceOfSeller(settings, sellerId) === source)
    if (own.length === 0) continue
    const around = { ledger, settings, queue, now, exportId: request.exportId }
    for (const offer of own.slice(await remainingZeros(around, source, own.length))) held.add(offer)
  }
  if (held.size > 0) {
    const reason = 'newly 0, more than maxNewlyZeroPercent allows; force=true releases them'
    log.warn('offers.held', { exportId: request.exportId, offers: held.size, reason })
  }
  const left = new Set([...held, ...dismissed])
  return { sent: offers.filter((offer) => !left.has(offer)), held: [...held], dismissed }
}

function isNewlyZero(offer: MappedOffer, published: Published): boolean {
  const { skuId, sellerId, offerSku, quantity, why } = offer
  if (quantity > 0 || why === 'renamed') return false
  const entries = published.entries(skuId).filter((entry) => entry.sellerId === sellerId)
  const before = entries.find((entry) => entry.offerSku === offerSku) ?? entryOf(entries, sellerId)
  return before !== undefined && before.quantity > 0
}

function zeroedOf(sent: readonly MappedOffer[], { request, settings, published }: Comparison) {
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

/** When a change of a SKU was last reported, UTC milliseconds; 0 where none was. */
export type ChangedAt = (skuId: number) => number

/**
 * Offers whose quantity differs from the last one sent although VTEX reported no change since. Held offers do not count.
 * @param lastSent the entry of an offer; undefined if the ledger is not certain
 */
export function driftOf(
  offers: readonly MappedOffer[],
  lastSent: (offer: MappedOffer) => Entry | undefined,
  changedAt: ChangedAt
): BatchResult['drifted'] {
  return offers.flatMap((offer) => {
    const { skuId, sellerId, quantity, why } = offer
    const entry = why ? undefined : lastSent(offer)
    if (
      !entry ||
      entry.heldAt !== undefined ||
      entry.dismissedAt !== undefined ||
      entry.quantity === quantity ||
      changedAt(skuId) >= entry.version
    )
      return []
    return [{ skuId, sellerId, lastSent: entry.quantity, found: quantity }]
  })
}
