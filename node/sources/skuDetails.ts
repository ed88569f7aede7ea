import { z } from 'zod'
import type { SkuDetails } from '../clients/catalog'
import { isFresh, isValid, refreshSample } from '../common/freshness'
import { OWN_SELLER } from '../offers/offerSku'
import type { Documents } from '../state/documents'
import { ShardedStore } from '../state/shardedStore'
import type { SkuBatch } from './source'

/** The contexts of a slice's SKUs. */
export interface SkuDetailsReader {
  /** What is kept of a SKU and holds; undefined where VTEX has to be asked. */
  kept(skuId: number): SkuDetails | undefined
  /** @throws {UpstreamError} */
  read(skuId: number): Promise<SkuDetails>
  /** Keeps what was read for later exports. @throws {StateError} */
  keep(): Promise<void>
}

type ReadContext = (skuId: number) => Promise<SkuDetails>

/** Asks VTEX for each context. */
export const uncachedSkuDetails = (read: ReadContext): SkuDetailsReader => ({
  kept: () => undefined,
  read,
  keep: async () => undefined,
})

const entrySchema = z.object({
  isActive: z.boolean(),
  refId: z.string().optional(),
  ean: z.string().optional(),
  productId: z.number().optional(),
  /** Without the account itself, which every SKU has. */
  sellers: z
    .array(z.object({ sellerId: z.string(), sellerSkuId: z.string(), isActive: z.boolean() }))
    .optional(),
  isKit: z.boolean().optional(),
  components: z
    .array(z.object({ skuId: z.number(), quantity: z.number(), isActive: z.boolean() }))
    .readonly()
    .optional(),
  /** UTC milliseconds, before the read. */
  readAt: z.number(),
})

/**
 * Contexts that earlier exports read, as far as nothing speaks against them; a seventh of the slice, those
 * read longest ago, is read again all the same.
 * @param now UTC milliseconds
 * @throws {StateError}
 */
export async function cachedSkuDetails(
  read: ReadContext,
  documents: Documents,
  { ids, modifiedAt = () => 0 }: SkuBatch,
  now: () => number
): Promise<SkuDetailsReader> {
  const store = await ShardedStore.open(documents, 'skus', entrySchema, ids)
  const openedAt = now()
  const refreshed = refreshSample(ids, (skuId) => store.get(skuId)?.readAt, openedAt)
  return {
    kept: (skuId) => {
      const entry = store.get(skuId)
      if (!entry || refreshed.has(skuId)) return undefined
      if (!isValid(entry.readAt, modifiedAt(skuId), openedAt)) return undefined
      const { readAt: _readAt, ...context } = entry
      return { skuId, ...context }
    },
    read: async (skuId) => {
      const readAt = now()
      const context = await read(skuId)
      const { skuId: _skuId, ...known } = context
      const sellers = context.sellers?.filter(({ sellerId }) => sellerId !== OWN_SELLER)
      store.set(skuId, { ...known, sellers, readAt })
      return context
    },
    keep: () => store.save(({ readAt }) => isFresh(readAt, openedAt)),
  }
}
