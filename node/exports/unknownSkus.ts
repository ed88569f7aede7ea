import { UpstreamError, unlessMissing } from '../common/upstreamError'
import type { Published } from '../published/ledger'
import type { DirectReads, SkuBatch, SkuSource } from '../sources/source'

/**
 * A source that first asks VTEX's catalog whether there is such a SKU where nobody vouches for its id. One that it
 * does not know is nothing: no offer and no failure. What Intershop was sent an offer of is read as any other.
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
      // Reading it will say what is wrong.
      if (thrown instanceof UpstreamError) return true
      throw thrown
    }
  }
  return {
    ...source,
    open: async (slice: SkuBatch) => {
      const doubted = slice.ids.filter((skuId) => unverified.has(skuId))
      const reader = await source.open(slice)
      if (doubted.length === 0) return reader
      const isDoubted = (skuId: number) =>
        unverified.has(skuId) && published.entries(skuId).length === 0
      return {
        close: () => reader.close(),
        read: async (skuId: number) =>
          isDoubted(skuId) && !(await isKnown(skuId))
            ? { offers: [], failures: [], unknown: skuId }
            : reader.read(skuId),
      }
    },
  }
}
