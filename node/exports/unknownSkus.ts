import { codeOf, UpstreamError, unlessMissing } from '../common/upstreamError'
import { mayBeSold } from '../published/entry'
import type { Published } from '../published/ledger'
import { type DirectReads, type SkuReading, type SkuSource, withReadings } from '../sources/source'

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
