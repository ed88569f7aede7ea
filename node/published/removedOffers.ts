import { partition, pluck, reject, uniq } from 'ramda'
import type { SkuDetails } from '../clients/catalog'
import { codeOf, UpstreamError, unlessMissing } from '../common/upstreamError'
import { OWN_SELLER } from '../offers/offerSku'
import type { MappedOffer } from '../offers/stockOffer'
import { toItemFailure } from '../sources/itemFailure'
import { type DirectReads, type SkuReading, type SkuSource, withReadings } from '../sources/source'
import { type Entry, mayBeSold } from './entry'
import type { LedgerView, Published } from './ledger'

interface Around {
  published: Published
  /** Whether the source reads the offers of a seller. */
  isAsked(sellerId: string): boolean
  skuDetails: DirectReads['skuDetails']
  /** UTC milliseconds. */
  now(): number
}

/**
 * A source that also returns removed offers: they were published, the source has none now, and VTEX's catalog has no such
 * SKU or binding. That a listing lacks a SKU is not enough.
 */
export const withRemoved = <Source extends Pick<SkuSource, 'open'>>(
  source: Source,
  around: Around
): Source =>
  withReadings(source, async (skuId, own) => {
    const reading = await own()
    const isLeft = ({ sellerId }: Entry) =>
      around.isAsked(sellerId) && reading.offers.every((each) => each.sellerId !== sellerId)
    const left = around.published.entries(skuId).filter(mayBeSold).filter(isLeft)
    return left.length === 0 ? reading : removing(skuId, reading, left, around)
  })

/** A reading in which offers that are gone are removed, not failed. */
async function removing(
  skuId: number,
  reading: SkuReading,
  left: readonly Entry[],
  { skuDetails, now }: Around
): Promise<SkuReading> {
  const observedAt = now()
  const found = await unlessMissing(skuDetails(skuId)).then(
    (context) => ({ context }),
    (thrown: unknown) => ({ failure: toItemFailure(thrown) })
  )
  const isFailure = 'failure' in found
  const [gone, there] = partition(
    (sellerId) => !isFailure && isGone(found.context, sellerId),
    uniq(pluck('sellerId', left))
  )
  // A read may have failed because the offer is removed.
  const kept = reading.failures.filter(({ sellerId }) =>
    sellerId === undefined ? there.length > 0 : !gone.includes(sellerId)
  )
  const isFailed = (id: string) =>
    kept.some(({ sellerId }) => sellerId === undefined || sellerId === id)
  const error = isFailure ? found.failure : UNREGISTERED
  const unread = reject(isFailed, there).map((sellerId) => ({ ...error, skuId, sellerId }))
  const removed = left
    .filter(({ sellerId }) => gone.includes(sellerId))
    .map((entry) => goneOffer(skuId, entry, observedAt))
  return {
    ...reading,
    failures: [...kept, ...unread],
    removed: [...(reading.removed ?? []), ...removed],
  }
}

/** A removed offer: quantity 0, under the published offer SKU. */
export const goneOffer = (
  skuId: number,
  { sellerId, offerSku }: Entry,
  observedAt: number
): MappedOffer => ({ skuId, sellerId, offerSku, quantity: 0, observedAt, why: 'removed' })

/** The account itself needs no binding. A SKU without a list of bindings counts as bound. */
const isGone = (context: SkuDetails | undefined, sellerId: string) =>
  context === undefined ||
  (sellerId !== OWN_SELLER &&
    context.sellers !== undefined &&
    context.sellers.every((binding) => binding.sellerId !== sellerId))

const UNREGISTERED = {
  code: 'seller_unregistered',
  message: "the SKU is bound to this seller, but VTEX's seller register does not list it",
} as const

/**
 * A source that skips unverified SKUs that VTEX's catalog does not know: they are neither an offer nor a failure. SKUs
 * with a published offer are read as usual.
 * @param unverified SKU ids
 */
export function withoutUnknown<Source extends Pick<SkuSource, 'open'>>(
  source: Source,
  published: Published,
  unverified: ReadonlySet<number>,
  direct: Pick<DirectReads, 'skuDetails'>
): Source {
  const isUnverified = (skuId: number) =>
    unverified.has(skuId) && published.entries(skuId).length === 0
  return withReadings(source, async (skuId, own) =>
    isUnverified(skuId) && !(await isKnown(skuId, direct))
      ? { offers: [], failures: [], unknown: skuId }
      : own()
  )
}

/**
 * A source that skips SKUs that are gone and of which Intershop sells nothing: nothing is left to send. An update reads
 * such a SKU some more times, since VTEX may report a new SKU before it finds it.
 */
export const withoutGone = <Source extends Pick<SkuSource, 'open'>>(
  source: Source,
  published: Published,
  direct: Pick<DirectReads, 'skuDetails'>
): Source =>
  withReadings(source, async (skuId, own) => {
    const reading = await own()
    const isLeft = published.entries(skuId).some(mayBeSold)
    if (isLeft || !isMissing(reading) || (await isKnown(skuId, direct))) return reading
    return { offers: [], failures: [], unknown: skuId }
  })

const isMissing = ({ offers, removed = [], failures }: SkuReading) =>
  offers.length + removed.length === 0 &&
  failures.length > 0 &&
  failures.every(({ code }) => code === codeOf('missing'))

async function isKnown(skuId: number, { skuDetails }: Pick<DirectReads, 'skuDetails'>) {
  try {
    return (await unlessMissing(skuDetails(skuId))) !== undefined
  } catch (thrown) {
    // Reading the SKU reports the failure.
    if (thrown instanceof UpstreamError) return true
    throw thrown
  }
}

/**
 * The SKUs of which Intershop may be selling an offer, ascending. An export reads them also if no listing contains them,
 * to find removed offers.
 * @param isAsked whether an offer counts
 * @param sellers gets the sellers of these offers
 */
export async function* soldSkus(
  ledger: LedgerView,
  isAsked: (entry: Entry, skuId: number) => boolean,
  sellers = new Set<string>()
): AsyncGenerator<number> {
  for await (const [skuId, entries] of ledger.walk()) {
    const sold = entries.filter((entry) => mayBeSold(entry) && isAsked(entry, skuId))
    for (const { sellerId } of sold) sellers.add(sellerId)
    if (sold.length > 0) yield skuId
  }
}
