import type { Catalog } from '../clients/catalog'
import { UpstreamError, unlessMissing } from '../common/upstreamError'
import type { MatchReads } from './cachedMatch'
import { MANY_IN_A_ROW } from './itemFailure'
import type { DirectReads } from './source'

/** The reads by which Centra's rows are matched. */
export const matchReads = (catalog: Catalog): Omit<MatchReads, 'row'> => ({
  skuByEan: (ean) => catalog.skuByEan(ean),
  skuIdsByRefIds: (refs) => catalog.skuIdsByRefIds(refs),
  skuDetails: (skuId) => catalog.skuDetails(skuId),
  control: async () => {
    const skuIds = await catalog.skuIds(1)
    await unlessAllRefused(skuIds.slice(0, MANY_IN_A_ROW), (skuId) => catalog.skuDetails(skuId))
  },
})

/** Reads until something is not refused. @throws {UpstreamError} where all are, or an answer could not be had */
async function unlessAllRefused<T>(ids: readonly T[], read: (id: T) => Promise<unknown>) {
  let refusal: UpstreamError | undefined
  for (const id of ids) {
    try {
      await unlessMissing(read(id))
      return
    } catch (thrown) {
      if (!(thrown instanceof UpstreamError) || thrown.kind !== 'refused') throw thrown
      refusal = thrown
    }
  }
  if (refusal) throw refusal
}

/** The reads by which a SKU is looked at, or looked for, on its own. */
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
