import { UpstreamError, unlessMissing } from '../common/upstreamError'
import type { Published } from '../published/ledger'
import type { DirectReads, SkuBatch, SkuSource } from '../sources/source'

/**
 * A source that skips unverified SKUs that VTEX's catalog does not know: they are neither an offer nor a failure. SKUs
 * with a published offer are read as usual.
 * @param unverified SKU ids
 */
export function withoutUnknown<Source extends Pick<SkuSource, 'open'>>(
  source: Source,
  published: Published,
  unverified: ReadonlySet<number>,
  { skuDetails }: Pick<DirectReads, 'skuDetails'>
): Source {
  const isKnown = async (skuId: number) => {
    try {
      return (await unlessMissing(skuDetails(skuId))) !== undefined
    } catch (thrown) {
      // Reading the SKU reports the failure.
      if (thrown instanceof UpstreamError) return true
      throw thrown
    }
  }
  return {
    ...source,
    open: async (batch: SkuBatch) => {
      const reader = await source.open(batch)
      const isUnverified = (skuId: number) =>
        unverified.has(skuId) && published.entries(skuId).length === 0
      return {
        close: () => reader.close(),
        read: async (skuId: number) =>
          isUnverified(skuId) && !(await isKnown(skuId))
            ? { offers: [], failures: [], unknown: skuId }
            : reader.read(skuId),
      }
    },
  }
}
