import { clamp } from 'ramda'
import { z } from 'zod'
import type { Clock } from '../common/clock'
import { grouped } from '../common/concurrency'
import type { Log } from '../common/logger'
import { OWN_SELLER } from '../offers/offerSku'
import type { Settings } from '../settings/settings'
import { isAskedOf } from '../sources/source'
import type { Documents } from '../state/documents'
import { countHeld, countInStock } from './entry'
import {
  firstOf,
  type Generation,
  generationName,
  SKUS_A_SHARD,
  type SkuEntries,
  savedShards,
  saveGeneration,
  saveShard,
} from './generations'
import type { Ledger } from './ledger'
import type { Receipt } from './receipt'

const CURRENT = 'ledger'
const SHARDS_AT_A_TIME = 8
/** The share of a generation's SKUs from which rewriting costs less than reading the receipts repeatedly. */
const SHARE = 0.25
/** Every batch reads up to this many receipts; a large generation is rewritten more rarely. */
const FEWEST_RECEIPTS = 32
const MOST_RECEIPTS = 250

/** The content of a new generation; saved first, so that a worker that continues it builds the same one. */
const compactionSchema = z.object({
  v: z.literal(1),
  generation: z.string(),
  folded: z.array(z.string()),
})

interface Around {
  clock: Pick<Clock, 'uniqueId'>
  /** Whether to stop; the next call continues from what was saved. */
  isOver(): boolean
  /** Whether the offers of a seller are refreshed by updates. */
  isOther(sellerId: string): boolean
}

/**
 * Folds the receipts of what was sent into a new generation, if they are many.
 * @param receipts all that are listed
 * @returns false if it is unfinished: the next call continues
 */
export async function compactIfDue(
  { clock, log }: Pick<Around, 'clock'> & { log: Log },
  ledger: Ledger,
  receipts: readonly Receipt[],
  settings: Settings | undefined,
  isOver: () => boolean
): Promise<boolean> {
  const { generation, receipts: left } = await ledger.at(receipts).base()
  if (!isCompactionDue(generation, left)) return true
  const isOther = settings
    ? isAskedOf(settings, 'sellers')
    : (sellerId: string) => sellerId !== OWN_SELLER
  const isWhole = await compact({ clock, isOver, isOther }, ledger, receipts)
  ledger.renew()
  log.info('ledger.compacted', { receipts: left.length, isWhole })
  return isWhole
}

/**
 * Whether receipts are to be folded: many, or of many offers. What that costs is a constant for each receipt and each
 * offer, however large the catalog is.
 * @param receipts those that the generation does not hold
 */
export function isCompactionDue({ shards }: Generation, receipts: readonly Receipt[]): boolean {
  const sent = receipts.reduce((sum, { offers }) => sum + offers, 0)
  const isMuch = sent > 0 && sent >= shards.length * SKUS_A_SHARD * SHARE
  return isMuch || receipts.length >= clamp(FEWEST_RECEIPTS, MOST_RECEIPTS, shards.length / 4)
}

/**
 * Folds the receipts of what was sent into a new generation of shards.
 * @param receipts all that are listed
 * @returns whether the generation is complete; if not, the next call continues
 */
export async function compact(
  { clock, isOver, isOther }: Around,
  ledger: Ledger,
  receipts: readonly Receipt[]
): Promise<boolean> {
  const { documents } = ledger
  const { generation: name, folded: ids } = await currentCompaction(documents, receipts, clock)
  const folded = new Set(ids)
  const view = ledger.at(receipts.filter(({ id }) => folded.has(id)))
  const inStock = new Map<string, number>()
  const held = new Map<string, number>()
  const others: number[] = []
  const shards: number[] = []
  let next = 0
  const add = (shard: readonly SkuEntries[]) => {
    for (const [skuId, entries] of shard) {
      countInStock(inStock, entries)
      countHeld(held, entries)
      next = skuId + 1
    }
    others.push(shard.filter(([, all]) => all.some(({ sellerId }) => isOther(sellerId))).length)
    shards.push(firstOf(shard))
  }
  for await (const shard of savedShards(documents, name)) add(shard)
  const left = grouped(view.walk(next), SKUS_A_SHARD)
  for await (const group of grouped(left, SHARDS_AT_A_TIME)) {
    const place = shards.length
    await Promise.all(group.map((shard, at) => saveShard(documents, name, place + at, shard)))
    for (const shard of group) add(shard)
    if (group.length === SHARDS_AT_A_TIME && isOver()) return false
  }
  await saveGeneration(documents, { name, shards, inStock, held, others, folded })
  await documents.remove('compactions', CURRENT)
  return true
}

async function currentCompaction(
  documents: Documents,
  receipts: readonly Receipt[],
  clock: Around['clock']
) {
  const { data } = compactionSchema.safeParse(await documents.read('compactions', CURRENT))
  if (data) return data
  const version = receipts.reduce((newest, each) => Math.max(newest, each.version), 0)
  const document = {
    v: 1 as const,
    generation: generationName(version, clock.uniqueId()),
    folded: receipts.map(({ id }) => id),
  }
  await documents.save('compactions', CURRENT, document)
  return document
}
