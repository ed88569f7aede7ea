import { z } from 'zod'
import { type Catalog, type SkuDetails, skuFields } from '../clients/catalog'
import type { Sellers } from '../clients/sellers'
import { isFresh, isValid, refreshSample } from '../common/freshness'
import { isOfKind, type UpstreamError, unlessMissing } from '../common/upstreamError'
import { OWN_SELLER } from '../offers/offerSku'
import type { Documents } from '../state/documents'
import { ShardedStore } from '../state/shardedStore'
import { sellersById } from './sellerRegister'
import { type DirectReads, MANY_IN_A_ROW, type SkuBatch } from './source'

export interface SkuDetailsReader {
  /** Valid cached details; undefined if VTEX has to be asked. */
  kept(skuId: number): SkuDetails | undefined
  read(skuId: number): Promise<SkuDetails>
  /** Caches what was read for later exports. */
  keep(): Promise<void>
}

type ReadDetails = (skuId: number) => Promise<SkuDetails>

/** Always asks VTEX. */
export const uncachedSkuDetails = (read: ReadDetails): SkuDetailsReader => ({
  kept: () => undefined,
  read,
  keep: async () => undefined,
})

/** `sellers`: without the account itself, which every SKU has. `readAt`: UTC milliseconds, before the read. */
const entrySchema = skuFields.extend({ readAt: z.number() })

/**
 * If the batch allows it, uses details that earlier exports cached, as long as no notification contradicts them. Except
 * for a refresh, a seventh of the batch, those read longest ago, is read again.
 */
export async function openSkuDetails(
  read: ReadDetails,
  documents: Documents,
  { ids, modifiedAt, isRefresh = false, isAhead = false }: SkuBatch,
  now: () => number
): Promise<SkuDetailsReader> {
  if (!modifiedAt) return uncachedSkuDetails(read)
  const store = await ShardedStore.open(documents, 'skus', entrySchema, ids)
  const found = new Map<number, z.infer<typeof entrySchema>>()
  const openedAt = now()
  const refreshed = refreshSample(
    isRefresh ? [] : ids,
    (skuId) => store.get(skuId)?.readAt,
    openedAt
  )
  return {
    kept: (skuId) => {
      const entry = found.get(skuId) ?? store.get(skuId)
      if (!entry || refreshed.has(skuId)) return undefined
      const { readAt, ...details } = entry
      return isValid(readAt, modifiedAt(skuId), openedAt) ? { skuId, ...details } : undefined
    },
    read: async (skuId) => {
      const readAt = now()
      const details = await read(skuId)
      const { skuId: _skuId, ...known } = details
      const sellers = details.sellers?.filter(({ sellerId }) => sellerId !== OWN_SELLER)
      found.set(skuId, { ...known, sellers, readAt })
      return details
    },
    keep: async () => {
      if (found.size === 0) return
      // Opened anew where the batch before may have saved the same documents meanwhile.
      const latest = isAhead ? await ShardedStore.open(documents, 'skus', entrySchema, []) : store
      for (const [skuId, entry] of found) latest.set(skuId, entry)
      await latest.save(({ readAt }) => isFresh(readAt, openedAt))
    },
  }
}

/** Checks that the app may read SKUs. @throws {UpstreamError} `refused` if the catalog rejects all of its requests */
export async function checkAccess(catalog: Catalog): Promise<void> {
  let refusal: UpstreamError | undefined
  for (const skuId of (await catalog.skuIds(1)).slice(0, MANY_IN_A_ROW)) {
    try {
      await unlessMissing(catalog.skuDetails(skuId))
      return
    } catch (thrown) {
      if (!isOfKind(thrown, 'refused')) throw thrown
      refusal = thrown
    }
  }
  if (refusal) throw refusal
}

export const directReads = (catalog: Catalog, register: Pick<Sellers, 'page'>): DirectReads => ({
  skuDetails: (skuId) => catalog.skuDetails(skuId),
  skuIdOf: async (identifier, value) => {
    if (identifier === 'ean') return (await catalog.skuByEan(value))?.skuId
    if (identifier === 'refId') return (await catalog.skuIdsByRefIds([value])).get(value)
    const skuId = /^[1-9]\d*$/.test(value) ? Number(value) : Number.NaN
    if (!Number.isSafeInteger(skuId)) return undefined
    return (await unlessMissing(catalog.skuDetails(skuId))) ? skuId : undefined
  },
  sellers: () => sellersById(register),
})
