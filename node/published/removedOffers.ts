import { partition, pluck, reject, uniq } from 'ramda'
import type { SkuDetails } from '../clients/catalog'
import { codeOf, UpstreamError, unlessMissing } from '../common/upstreamError'
import { OWN_SELLER } from '../offers/offerSku'
import type { MappedOffer } from '../offers/stockOffer'
import {
  type DirectReads,
  type SkuBatch,
  type SkuBatchReader,
  type SkuReading,
  type SkuSource,
  toItemFailure,
} from '../sources/source'
import { type Entry, mayBeSold } from './entry'
import type { LedgerView, Published } from './ledger'

interface Around {
  published: Published
  /** Whether the source reads the offers of a seller. */
  isAsked(sellerId: string): boolean
  skuDetails: DirectReads['skuDetails']
  /** UTC milliseconds. */
  now(): number
  /** SKU ids that only unauthenticated requests reported. */
  unverified?: readonly number[] | undefined
  /** For an update: VTEX may report a new SKU before it finds it, so SKUs that are missing are read some more times. */
  skipsMissing?: boolean
}

/**
 * A source that also returns removed offers: they were published, the source has none now, and VTEX's catalog has no such
 * SKU or binding. That a listing lacks a SKU is not enough. Skips SKUs that VTEX's catalog does not know where nothing is
 * left to send: unverified ones of which nothing was published, and missing ones of which Intershop sells nothing.
 */
export function withRemoved<Source extends Pick<SkuSource, 'open'>>(
  source: Source,
  around: Around
): Source {
  const { published, isAsked, skuDetails, skipsMissing } = around
  const unverified = new Set(around.unverified)
  const read = async (skuId: number, own: SkuBatchReader): Promise<SkuReading> => {
    const entries = published.entries(skuId)
    const unknown: SkuReading = { offers: [], failures: [], unknown: skuId }
    const isUnverified = unverified.has(skuId) && entries.length === 0
    if (isUnverified && !(await isKnown(skuId, skuDetails))) return unknown
    const reading = await own.read(skuId)
    const sold = entries.filter(mayBeSold)
    const isLeft = ({ sellerId }: Entry) =>
      isAsked(sellerId) && reading.offers.every((each) => each.sellerId !== sellerId)
    const left = sold.filter(isLeft)
    if (left.length > 0) return removing(skuId, reading, left, around)
    const isNothing = skipsMissing && sold.length === 0 && isMissing(reading)
    return isNothing && !(await isKnown(skuId, skuDetails)) ? unknown : reading
  }
  return {
    ...source,
    open: async (batch: SkuBatch): Promise<SkuBatchReader> => {
      const own = await source.open(batch)
      return { read: (skuId) => read(skuId, own), close: () => own.close() }
    },
  }
}

const isMissing = ({ offers, failures }: SkuReading) =>
  offers.length === 0 &&
  failures.length > 0 &&
  failures.every(({ code }) => code === codeOf('missing'))

async function isKnown(skuId: number, skuDetails: Around['skuDetails']) {
  try {
    return (await unlessMissing(skuDetails(skuId))) !== undefined
  } catch (thrown) {
    // Reading the SKU reports the failure.
    if (thrown instanceof UpstreamError) return true
    throw thrown
  }
}

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
  const removed = left.filter(({ sellerId }) => gone.includes(sellerId))
  return {
    ...reading,
    failures: [...kept, ...unread],
    removed: removed.map((entry) => goneOffer(skuId, entry, observedAt)),
  }
}

/** A removed offer: quantity 0, under the published offer SKU. */
export const goneOffer = (
  skuId: number,
  { sellerId, offerSku }: Entry,
  observedAt: number
): MappedOffer => ({ skuId, sellerId, offerSku, quantity: 0, observedAt, why: 'removed' })

const isGone = (context: SkuDetails | undefined, sellerId: string) =>
  context === undefined || !isBound(context, sellerId)

/** The account itself needs no binding. A SKU without a list of bindings counts as bound. */
export const isBound = ({ sellers }: SkuDetails, sellerId: string) =>
  sellerId === OWN_SELLER ||
  sellers === undefined ||
  sellers.some((binding) => binding.sellerId === sellerId)

const UNREGISTERED = {
  code: 'seller_unregistered',
  message: "the SKU is bound to this seller, but VTEX's seller register does not list it",
} as const

/**
 * The SKUs of which Intershop may be selling an offer, ascending, some thousand at a time. An export reads them also if
 * no listing contains them, to find removed offers.
 * @param isAsked whether an offer counts
 * @param sellers gets the sellers of these offers
 */
export async function* soldSkus(
  ledger: LedgerView,
  isAsked: (entry: Entry, skuId: number) => boolean,
  sellers = new Set<string>()
): AsyncGenerator<number[]> {
  for await (const some of ledger.windows()) {
    yield some.flatMap(([skuId, entries]) => {
      const sold = entries.filter((entry) => mayBeSold(entry) && isAsked(entry, skuId))
      for (const { sellerId } of sold) sellers.add(sellerId)
      return sold.length > 0 ? skuId : []
    })
  }
}
