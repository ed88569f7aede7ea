import { takeWhile } from 'ramda'
import { z } from 'zod'
import { prefetchMany } from '../common/concurrency'
import { type Documents, longListOf } from '../state/documents'
import type { Entry } from './entry'

/** Versions and SKU ids are below 2^53: sixteen digits sort as numbers do. */
const padded = (number: number) => String(number).padStart(16, '0')

/** Name in the folder `generations`, and the prefix of its shards. */
export const generationName = (version: number, uniqueId: string) =>
  `${padded(version)}~${uniqueId}`

/** Name in the folder `ledger`. @param place in the generation, from 0 on */
const shardPath = (generation: string, place: number, firstSku: number) =>
  `${generation}/${padded(place)}~${padded(firstSku)}`

const placeIn = (path: string): number => Number(path.split('/')[1]?.slice(0, 16))

/** The version up to which a generation holds what was sent. */
export const versionOf = (generation: string): number => Number(generation.slice(0, 16))

/** Counts by seller. */
const counts = z
  .record(z.string(), z.number())
  .transform((bySeller): ReadonlyMap<string, number> => new Map(Object.entries(bySeller)))

const generationSchema = z.object({
  v: z.literal(1),
  /** The first SKU id of each shard, ascending. */
  shards: z.array(z.number()),
  /** How many offers of each seller Intershop was selling. */
  inStock: counts,
  /** How many offers of each seller were held. */
  held: counts.default(new Map()),
  /** How many SKUs of each shard have offers of other sellers; earlier versions did not count them. */
  others: z.array(z.number()).default([]),
  /** Ids of the receipts that it holds, of those that are still listed. */
  folded: z.array(z.string()).transform((all): ReadonlySet<string> => new Set(all)),
})

/** What Intershop was sent up to some version: shards that are written once and never again. */
export interface Generation extends Omit<z.output<typeof generationSchema>, 'v'> {
  name: string
  version: number
}

/** Before the first full export. */
export const NO_GENERATION: Generation = {
  ...{ name: '', version: 0, shards: [], inStock: new Map(), held: new Map(), others: [] },
  folded: new Set(),
}

/** The newest generation that is whole. */
export async function newestGeneration(documents: Documents): Promise<Generation> {
  const names = await documents.list('generations')
  for (const name of names.reverse()) {
    const { data } = generationSchema.safeParse(await documents.read('generations', name))
    if (data) return { name, version: versionOf(name), ...data }
  }
  return NO_GENERATION
}

/** Says that all shards of a generation are there: from now on it counts. */
export async function saveGeneration(
  documents: Documents,
  { name, shards, inStock, held, others, folded }: Omit<Generation, 'version'>
): Promise<void> {
  const counted = { inStock: Object.fromEntries(inStock), held: Object.fromEntries(held) }
  const document = { v: 1, shards, ...counted, others, folded: [...folded] }
  await documents.save('generations', name, document)
}

/** The place of the shard that has an id, if one has; -1 below the first. */
export function placeOf({ shards }: Generation, skuId: number): number {
  // A binary search: it is asked for each SKU of a batch.
  let [low, high] = [0, shards.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((shards[middle] ?? 0) <= skuId) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** The entries of the shard at a place. */
export async function shardAt(
  documents: Documents,
  generation: Generation,
  place: number
): Promise<SkuEntries[]> {
  const first = generation.shards[place]
  return first === undefined ? [] : readShard(documents, shardPath(generation.name, place, first))
}

/** Neighbouring SKUs in one document of a generation. */
export const SKUS_A_SHARD = 1_000

/** The entries of SKUs, by ascending id. */
export type SkuEntries = readonly [skuId: number, entries: Entry[]]

export const firstOf = ([first]: readonly SkuEntries[]) => first?.[0] ?? 0

/**
 * An entry in a document: seller, offer SKU, quantity, version, and the place of `publishedUnder` in the document's list.
 * What most entries lack stands at the end and is left out: whether it is certain, and what is {@link RARE}.
 */
type StoredEntry = [
  ...[sellerId: string, offerSku: string, quantity: number, version: number, under: number],
  ...more: Array<number | null | undefined>,
]

const RARE = ['rowId', 'heldAt', 'sharedAt', 'dismissedAt'] as const

const TYPES = ['string', 'string', 'number', 'number', 'number']

const isStored = (value: unknown) =>
  Array.isArray(value) && TYPES.every((type, index) => typeof value[index] === type)

/** A thousand in each shard. */
const isStoredSku = (value: unknown) =>
  Array.isArray(value) && typeof value[0] === 'number' && value[1]?.every?.(isStored)

const shardSchema = z.object({
  v: z.literal(1),
  under: z.array(z.string()),
  skus: longListOf<[number, StoredEntry[]]>(isStoredSku),
})

/** @param place in the generation, from 0 on */
export async function saveShard(
  documents: Documents,
  generation: string,
  place: number,
  skus: readonly SkuEntries[]
): Promise<void> {
  const under = [...new Set(skus.flatMap(([, entries]) => entries.map((e) => e.publishedUnder)))]
  const places = new Map(under.map((each, index) => [each, index]))
  const stored = (entry: Entry): StoredEntry => {
    const { sellerId, offerSku, quantity, version, isCertain, publishedUnder } = entry
    const rare = RARE.map((field) => entry[field])
    const isUsual = isCertain && rare.every((each) => each === undefined)
    const more = isUsual ? [] : [isCertain ? 1 : 0, ...rare]
    return [sellerId, offerSku, quantity, version, places.get(publishedUnder) ?? 0, ...more]
  }
  const document: z.infer<typeof shardSchema> = {
    ...{ v: 1, under },
    skus: skus.map(([skuId, entries]) => [skuId, entries.map(stored)]),
  }
  await documents.save('ledger', shardPath(generation, place, firstOf(skus)), document)
}

/** The entries in a document; none where it is lost or cannot be understood, which only has offers sent once more. */
async function readShard(documents: Documents, path: string): Promise<SkuEntries[]> {
  const { data } = shardSchema.safeParse(await documents.read('ledger', path))
  if (!data) return []
  const entry = (stored: StoredEntry): Entry => {
    const [sellerId, offerSku, quantity, version, place, certain = 1, ...more] = stored
    const isCertain = certain === 1
    const publishedUnder = data.under[place] ?? ''
    const found: Entry = { sellerId, offerSku, quantity, version, isCertain, publishedUnder }
    for (const [index, value] of more.entries()) {
      const field = RARE[index]
      if (field && typeof value === 'number') found[field] = value
    }
    return found
  }
  return data.skus.map(([skuId, entries]) => [skuId, entries.map(entry)])
}

/** The shards of an unfinished generation, up to the first one that is missing: several are written at a time. */
export async function* savedShards(
  documents: Documents,
  generation: string
): AsyncGenerator<SkuEntries[]> {
  const paths = await documents.list('ledger', `${generation}/`)
  const whole = takeWhile(([place, path]) => placeIn(path) === place, [...paths.entries()])
  for await (const shard of prefetchMany(whole, ([, path]) => readShard(documents, path))) {
    if (shard.length === 0) return
    yield shard
  }
}
