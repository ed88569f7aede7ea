import type { Catalog } from '../clients/catalog'
import { UpstreamError, unlessMissing } from '../common/upstreamError'
import type { MatchReads } from './cachedMatch'
import { MANY_IN_A_ROW } from './itemFailure'
import type { DirectReads } from './source'

/** The catalog calls that match Centra's rows. */
export const matchReads = (catalog: Catalog): Omit<MatchReads, 'row'> => ({
  skuByEan: (ean) => catalog.skuByEan(ean),
  skuIdsByRefIds: (refs) => catalog.skuIdsByRefIds(refs),
  skuDetails: (skuId) => catalog.skuDetails(skuId),
  control: async () => {
    let refusal: UpstreamError | undefined
    for (const skuId of (await catalog.skuIds(1)).slice(0, MANY_IN_A_ROW)) {
      try {
        await unlessMissing(catalog.skuDetails(skuId))
        return
      } catch (thrown) {
        if (!(thrown instanceof UpstreamError) || thrown.kind !== 'refused') throw thrown
        refusal = thrown
      }
    }
    if (refusal) throw refusal
  },
})

/** The catalog calls that read or find a single SKU. */
export const identityReads = (catalog: Catalog): Pick<DirectReads, 'skuDetails' | 'skuIdOf'> => ({
  skuDetails: (skuId) => catalog.skuDetails(skuId),
  skuIdOf: async (identifier, value) => {
    if (identifier === 'ean') return (await catalog.skuByEan(value))?.skuId
    if (identifier === 'refId') return (await catalog.skuIdsByRefIds([value])).get(value)
    const skuId = /^[1-9]\d*$/.test(value) ? Number(value) : Number.NaN
    if (!Number.isSafeInteger(skuId)) return undefined
    return (await unlessMissing(catalog.skuDetails(skuId))) ? skuId : undefined
  },
})
