import { z } from 'zod'

import type { Documents } from '../state/documents'
import type { Entry } from './entry'

/** Neighbouring SKUs in one document of a generation. */
export const SKUS_A_SHARD = 1_000

/** The entries of SKUs, by ascending id. */
export type SkuEntries = readonly [skuId: number, entries: Entry[]]

/** An entry in a document: what most entries lack stands at the end and is left out. */
const storedEntry = z.tuple([
  z.string(),
  z.string(),
  z.number(),
  z.number(),
  /** Place of `publishedUnder` in the document's list. */
  z.number(),
  z.number().optional(),
  z.number().nullish(),
  z.number().nullish(),
  z.number().nullish(),
])

const shardSchema = z.object({
  v: z.literal(1),
  under: z.array(z.string()),
  skus: z.array(z.tuple([z.number(), z.array(storedEntry)])),
})

/** A document with entries, as it is saved. */
export function storedShard(skus: readonly SkuEntries[]): z.infer<typeof shardSchema> {
  const under = [...new Set(skus.flatMap(([, entries]) => entries.map((e) => e.publishedUnder)))]
  const places = new Map(under.map((each, place) => [each, place]))
  const stored = (entry: Entry): z.infer<typeof storedEntry> => {
    const { sellerId, offerSku, quantity, version, isCertain, rowId, heldAt, sharedAt } = entry
    const place = places.get(entry.publishedUnder) ?? 0
    const more = [rowId, heldAt, sharedAt] as const
    if (isCertain && more.every((each) => each === undefined)) {
      return [sellerId, offerSku, quantity, version, place]
    }
    return [sellerId, offerSku, quantity, version, place, isCertain ? 1 : 0, ...more]
  }
  return { v: 1, under, skus: skus.map(([skuId, entries]) => [skuId, entries.map(stored)]) }
}

/**
 * The entries in a document; none where it is lost or cannot be understood, which only has offers sent once more.
 * @throws {StateError}
 */
export async function readShard(documents: Documents, path: string): Promise<SkuEntries[]> {
  const { data } = shardSchema.safeParse(await documents.read('ledger', path))
  if (!data) return []
  const entry = (stored: z.infer<typeof storedEntry>): Entry => {
    const [sellerId, offerSku, quantity, version, place, certain = 1, ...more] = stored
    const [rowId, heldAt, sharedAt] = more
    return {
      ...{ sellerId, offerSku, quantity, version, isCertain: certain === 1 },
      publishedUnder: data.under[place] ?? '',
      ...(typeof rowId === 'number' && { rowId }),
      ...(typeof heldAt === 'number' && { heldAt }),
      ...(typeof sharedAt === 'number' && { sharedAt }),
    }
  }
  return data.skus.map(([skuId, entries]) => [skuId, entries.map(entry)])
}
