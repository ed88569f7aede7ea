import { z } from 'zod'

import { INDEX_LAG_MS } from '../changes/window'
import type { SkuContext } from '../clients/catalog'
import type { Documents } from '../state/documents'
import { KeptBySku } from '../state/keptBySku'
import type { SkuSlice } from './source'

/** Of the SKUs of a slice, the share whose context is read again though nothing is known against it. */
const REFRESHED_SHARE = 1 / 7
const HOUR_MS = 3_600_000
/** Many exports a day do not make it more than about once a day. */
const FRESH_MS = 20 * HOUR_MS
/** A notification may be lost: no context is trusted for longer than a week, give or take an export. */
export const TRUSTED_MS = 8 * 24 * HOUR_MS

/** The contexts of a slice's SKUs. */
export interface Contexts {
  /** What is kept of a SKU and holds; undefined where VTEX has to be asked. */
  kept(skuId: number): SkuContext | undefined
  /** @throws {UpstreamError} */
  read(skuId: number): Promise<SkuContext>
  /** Keeps what was read for later exports. @throws {StateError} */
  keep(): Promise<void>
}

type ReadContext = (skuId: number) => Promise<SkuContext>

/** Asks VTEX for each context. */
export const freshContexts = (read: ReadContext): Contexts => ({
  kept: () => undefined,
  read,
  keep: async () => undefined,
})

const entrySchema = z.object({
  isActive: z.boolean(),
  refId: z.string().optional(),
  ean: z.string().optional(),
  /** UTC milliseconds, before the read. */
  readAt: z.number(),
})

type Entry = z.infer<typeof entrySchema>

/**
 * Contexts that earlier exports read, as far as nothing speaks against them; a seventh of the slice, those
 * read longest ago, is read again all the same.
 * @param now UTC milliseconds
 * @throws {StateError}
 */
export async function keptContexts(
  read: ReadContext,
  documents: Documents,
  { ids, modifiedAt = () => 0 }: SkuSlice,
  now: () => number
): Promise<Contexts> {
  const store = await KeptBySku.open(documents, 'skus', entrySchema, ids[0] ?? 0, ids.at(-1) ?? 0)
  const openedAt = now()
  const holds = (skuId: number, { readAt }: Entry) =>
    openedAt - readAt < TRUSTED_MS && readAt >= modifiedAt(skuId) + INDEX_LAG_MS
  const refreshed = longestAgo(ids, (skuId) => store.get(skuId)?.readAt, openedAt - FRESH_MS)
  return {
    kept: (skuId) => {
      const entry = store.get(skuId)
      if (!entry || refreshed.has(skuId) || !holds(skuId, entry)) return undefined
      const { isActive, refId, ean } = entry
      return { skuId, isActive, refId, ean }
    },
    read: async (skuId) => {
      const readAt = now()
      const context = await read(skuId)
      const { isActive, refId, ean } = context
      store.set(skuId, { isActive, refId, ean, readAt })
      return context
    },
    keep: () => store.save(({ readAt }) => openedAt - readAt < TRUSTED_MS),
  }
}

function longestAgo(
  ids: readonly number[],
  readAt: (skuId: number) => number | undefined,
  before: number
): Set<number> {
  const old = ids
    .map((id) => ({ id, at: readAt(id) }))
    .filter((entry): entry is { id: number; at: number } => (entry.at ?? before) < before)
    .sort((a, b) => a.at - b.at)
  return new Set(old.slice(0, Math.ceil(ids.length * REFRESHED_SHARE)).map(({ id }) => id))
}
