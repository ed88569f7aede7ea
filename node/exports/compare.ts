import { partition } from 'ramda'
import { yieldToEvents } from '../common/concurrency'
import type { MappedOffer } from '../offers/stockOffer'
import { type Entry, entryOf } from '../published/entry'
import { type BatchResult, counted, publishedUnder, startedOf } from './batchResult'
import type { Dependencies } from './engine'
import { isOfHeld, isOfScope } from './exportRequest'
import type { NameReads } from './nameHolders'
import { isVerified, lastSentAs, withOwnNames } from './sharedNames'
import { type Guarded, heldChange, holdBack, zeroedOf } from './zeroGuard'

/** What a batch is compared with, and how. */
export interface Comparison extends Guarded, Omit<NameReads, 'documents' | 'under' | 'now'> {
  /** When a change of a SKU was last reported, UTC milliseconds, or 0. Absent where the app does not look for drift. */
  changedAt?: ((skuId: number) => number) | undefined
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
  await yieldToEvents()
  const isUnchanged = (offer: MappedOffer) => {
    if (!leavesOut || offer.why !== undefined) return false
    const entry = lastSentAs(published.entries(offer.skuId), offer, under)
    return entry?.quantity === offer.quantity && !isHeldBack(entry)
  }
  const [unchanged, changed] = partition(isUnchanged, named.offers)
  const { sent, held, dismissed } = await holdBack(engine, changed, now, comparison)
  await yieldToEvents()
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
    drifted: driftOf(named.offers, under, comparison),
  }
  return { ...result, heldChange: heldChange(published, startedOf(result, under), settings) }
}

const isHeldBack = ({ heldAt, dismissedAt }: Entry) =>
  heldAt !== undefined || dismissedAt !== undefined

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

/**
 * Offers whose quantity differs from the last one that was certainly sent, although VTEX reported no change since. Held
 * offers do not count.
 */
function driftOf(
  offers: readonly MappedOffer[],
  under: string,
  { published, changedAt }: Comparison
): BatchResult['drifted'] {
  if (!changedAt) return []
  return offers.flatMap(({ skuId, sellerId, quantity: found, why }) => {
    const entry = entryOf(published.entries(skuId), sellerId)
    if (why || !entry || !isVerified(entry, under) || isHeldBack(entry)) return []
    if (entry.quantity === found || changedAt(skuId) >= entry.version) return []
    return [{ skuId, sellerId, lastSent: entry.quantity, found }]
  })
}
