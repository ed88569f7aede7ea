import type { SkuDetails } from '../clients/catalog'
import { unlessMissing } from '../common/upstreamError'
import { OWN_SELLER } from '../offers/offerSku'
import type { Failure, MappedOffer } from '../offers/stockOffer'
import { toItemFailure } from '../sources/itemFailure'
import { type DirectReads, type SkuReading, type SkuSource, withReadings } from '../sources/source'
import { type Entry, mayBeSold } from './entry'
import type { Published } from './ledger'

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
  // A read may have failed because the offer is removed.
  const sellers = [...new Set(left.map(({ sellerId }) => sellerId))]
  const isOf = (sellerId: string) => (failure: Failure) =>
    failure.sellerId === undefined || failure.sellerId === sellerId
  const observedAt = now()
  const found = await unlessMissing(skuDetails(skuId)).then(
    (context) => ({ context }),
    (thrown: unknown) => ({ failure: toItemFailure(thrown) })
  )
  const gone = 'failure' in found ? [] : sellers.filter((id) => isGone(found.context, id))
  const kept = reading.failures.filter(({ sellerId }) =>
    sellerId === undefined ? gone.length < sellers.length : !gone.includes(sellerId)
  )
  const unread = sellers
    .filter((id) => !gone.includes(id) && !kept.some(isOf(id)))
    .map((sellerId) => ({
      ...('failure' in found ? found.failure : UNREGISTERED),
      ...{ skuId, sellerId },
    }))
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
