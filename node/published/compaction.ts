import { z } from 'zod'

import type { Documents } from '../state/documents'
import { mayBeSold } from './entry'
import { generationName, newestGeneration, saveGeneration, shardPath } from './generations'
import { Ledger } from './ledger'
import type { Receipt } from './receipt'
import { readShard, SKUS_A_SHARD, type SkuEntries, storedShard } from './shard'

/** What a generation is made of; saved first, so that whoever goes on with it makes the same one. */
const compactionSchema = z.object({
  v: z.literal(1),
  generation: z.string(),
  folded: z.array(z.string()),
})

interface Around {
  documents: Documents
  uniqueId(): string
  /** Whether it is time to let go; what was saved is gone on with. */
  isOver(): boolean
}

/**
 * Folds the receipts of what was sent into a new generation of shards.
 * @param exportId whose step it is: it names what is under way
 * @param receipts all that are listed
 * @returns whether the generation is whole; else whoever calls again goes on where this one stopped
 * @throws {StateError}
 */
export async function compact(
  { documents, uniqueId, isOver }: Around,
  exportId: string,
  receipts: readonly Receipt[]
): Promise<boolean> {
  const name = await underWay(documents, exportId, receipts, uniqueId)
  const folded = new Set(name.folded)
  const ledger = Ledger.over(
    documents,
    await newestGeneration(documents),
    receipts.filter(({ path }) => folded.has(path))
  )
  const inStock = new Map<string, number>()
  const { shards, next } = await savedShards(documents, name.generation, inStock)
  let shard: SkuEntries[] = []
  const flush = async () => {
    const [first] = shard
    if (!first) return
    await documents.save('ledger', shardPath(name.generation, first[0]), storedShard(shard))
    shards.push(first[0])
    for (const sku of shard) count(inStock, sku)
    shard = []
  }
  for await (const [skuId, entries] of ledger.walk(next)) {
    if (entries.length > 0) shard.push([skuId, entries])
    if (shard.length < SKUS_A_SHARD) continue
    await flush()
    if (isOver()) return false
  }
  await flush()
  await saveGeneration(documents, { name: name.generation, shards, inStock, folded })
  await documents.remove('compactions', exportId)
  return true
}

/** What of a generation is there already, counted, and the SKU id that comes next. */
async function savedShards(
  documents: Documents,
  generation: string,
  inStock: Map<string, number>
): Promise<{ shards: number[]; next: number }> {
  const shards: number[] = []
  let next = 0
  for (const path of await documents.list('ledger', `${generation}/`)) {
    const shard = await readShard(documents, path)
    const last = shard.at(-1)
    // What is lost is written once more, and all after it.
    if (!last) break
    shards.push(Number(path.slice(-16)))
    for (const sku of shard) count(inStock, sku)
    next = last[0] + 1
  }
  return { shards, next }
}

async function underWay(
  documents: Documents,
  exportId: string,
  receipts: readonly Receipt[],
  uniqueId: () => string
) {
  const { data } = compactionSchema.safeParse(await documents.read('compactions', exportId))
  if (data) return data
  const version = receipts.reduce((newest, each) => Math.max(newest, each.version), 0)
  const document = {
    v: 1 as const,
    generation: generationName(version, uniqueId()),
    folded: receipts.map(({ path }) => path),
  }
  await documents.save('compactions', exportId, document)
  return document
}

function count(inStock: Map<string, number>, [, entries]: SkuEntries) {
  for (const entry of entries) {
    if (mayBeSold(entry)) inStock.set(entry.sellerId, (inStock.get(entry.sellerId) ?? 0) + 1)
  }
}
