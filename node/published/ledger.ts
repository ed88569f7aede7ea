import { prefetch } from '../common/concurrency'
import type { Documents } from '../state/documents'
import { countInStock, type Entry, entriesAfter, type Started } from './entry'
import {
  type Generation,
  newestGeneration,
  placeOf,
  SKUS_A_SHARD,
  type SkuEntries,
  shardAt,
} from './generations'
import { parseStarted, type Receipt } from './receipt'

const READS_AT_A_TIME = 8
const LARGE_READS_AT_A_TIME = 2
/** SKUs in memory while the whole ledger is read. */
const SKUS_A_WINDOW = 20_000
/** Many batches read small receipts: this many of their offers are cached in total. */
const OFFERS_KEPT = 50_000
const OFFERS_OF_A_SMALL_ONE = 2_000
/** The shards of a batch of neighbouring SKUs. */
const SHARDS_KEPT = 11
/** A read may not show the latest write yet: it is repeated this often. */
const LOOKS = 4
const BETWEEN_LOOKS_MS = 300

/** The entries of the SKUs of a batch. */
export interface Published {
  entries(skuId: number): readonly Entry[]
}

interface Around {
  documents: Documents
  clock: { sleep(ms: number): Promise<void> }
}

/**
 * What Intershop was sent last: the newest generation of shards and, over it, the receipts of what was sent since.
 * Nothing that it reads is ever rewritten, so one run of a worker reads it once.
 */
export class Ledger {
  /** By the ids of receipts. */
  private readonly started = new Map<string, Started>()
  private offersKept = 0
  private readonly recent: RecentShards
  private generation: Promise<Generation> | undefined

  constructor(private readonly deps: Around) {
    this.recent = new RecentShards(deps.documents)
  }

  /** @param receipts in any order; receipts that the generation contains are skipped */
  at(receipts: readonly Receipt[]): LedgerView {
    const startedOf = (receipt: Receipt) => this.startedOf(receipt)
    const { deps: around, recent } = this
    return new LedgerView(around.documents, () => this.newest(), receipts, startedOf, recent)
  }

  /** The newest generation, as this run knows it. */
  private newest(): Promise<Generation> {
    this.generation ??= newestGeneration(this.deps.documents)
    return this.generation
  }

  /** There is a newer generation. */
  renew() {
    this.generation = undefined
  }

  /** Caches what this process saved or read. */
  keep({ id, offers }: Pick<Receipt, 'id' | 'offers'>, started: Started) {
    if (offers > OFFERS_OF_A_SMALL_ONE || this.offersKept + offers > OFFERS_KEPT) return
    this.started.set(id, started)
    this.offersKept += offers
  }

  /** Undefined if the document is lost. */
  private async startedOf(receipt: Receipt): Promise<Started | undefined> {
    const known = this.started.get(receipt.id)
    if (known) return known
    const { documents, clock } = this.deps
    const path = receipt.path()
    for (let look = 1; ; look++) {
      const started = parseStarted(await documents.read('receipts', path))
      if (started) this.keep(receipt, started)
      if (started || look === LOOKS) return started
      await clock.sleep(BETWEEN_LOOKS_MS)
    }
  }
}

/**
 * Caches the shards of the last batch. A batch that runs out of time has read more shards than it used, and the next one
 * starts with those.
 */
class RecentShards {
  private readonly byKey = new Map<string, SkuEntries[]>()

  constructor(private readonly documents: Documents) {}

  async *read(generation: Generation, places: readonly number[]): AsyncGenerator<SkuEntries[]> {
    const keyOf = (place: number) => `${generation.name}/${place}`
    const keys = new Set(places.map(keyOf))
    for (const key of this.byKey.keys()) if (!keys.has(key)) this.byKey.delete(key)
    const read = async (place: number) => {
      const key = keyOf(place)
      return {
        key,
        shard: this.byKey.get(key) ?? (await shardAt(this.documents, generation, place)),
      }
    }
    for await (const { key, shard } of prefetch(places, read, READS_AT_A_TIME)) {
      // One that is not visible yet is looked for again.
      if (shard.length > 0) this.byKey.set(key, shard)
      const [oldest] = this.byKey.keys()
      if (oldest !== undefined && this.byKey.size > SHARDS_KEPT) this.byKey.delete(oldest)
      yield shard
    }
  }
}

/** A generation, and the receipts that it does not contain, by version. */
interface Base {
  generation: Generation
  receipts: readonly Receipt[]
}

/** The ledger with the receipts known at one time. Nothing is read before the first call. */
export class LedgerView {
  private found: Promise<Base> | undefined

  constructor(
    private readonly documents: Documents,
    private readonly newest: () => Promise<Generation>,
    private readonly all: readonly Receipt[],
    private readonly startedOf: (receipt: Receipt) => Promise<Started | undefined>,
    private readonly recent: RecentShards
  ) {}

  /** What it is read from. */
  base(): Promise<Base> {
    this.found ??= this.newest().then((generation) => {
      const receipts = this.all.filter(({ id }) => !generation.folded.has(id))
      return { generation, receipts: receipts.sort((a, b) => a.version - b.version) }
    })
    return this.found
  }

  /** About how many SKUs the shards have. */
  async skus(): Promise<number> {
    return (await this.base()).generation.shards.length * SKUS_A_SHARD
  }

  /** The entries of some SKUs. */
  async of(skuIds: Iterable<number>): Promise<Published> {
    const wanted = new Set(skuIds)
    const found = new Map<number, Entry[]>()
    if (wanted.size === 0) return { entries: () => [] }
    const { generation, receipts } = await this.base()
    const places = new Set([...wanted].map((skuId) => placeOf(generation, skuId)))
    for await (const shard of this.recent.read(generation, [...places])) {
      for (const [skuId, entries] of shard) if (wanted.has(skuId)) found.set(skuId, entries)
    }
    let first = Number.POSITIVE_INFINITY
    let last = Number.NEGATIVE_INFINITY
    for (const skuId of wanted) {
      first = Math.min(first, skuId)
      last = Math.max(last, skuId)
    }
    const overlapping = receipts.filter((each) => each.firstSku <= last && first <= each.lastSku)
    await this.apply(found, overlapping, (skuId) => wanted.has(skuId))
    return { entries: (skuId) => found.get(skuId) ?? [] }
  }

  /** The entries of a shard's SKUs, ascending, with those of new SKUs up to the next shard. */
  async shard(place: number): Promise<SkuEntries[]> {
    const { generation, receipts } = await this.base()
    const from = place === 0 ? 0 : (generation.shards[place] ?? 0)
    const to = generation.shards[place + 1] ?? Number.POSITIVE_INFINITY
    const found = new Map<number, Entry[]>()
    for await (const shard of this.recent.read(generation, [place])) {
      for (const [skuId, entries] of shard) found.set(skuId, entries)
    }
    const overlapping = receipts.filter((each) => each.firstSku < to && from <= each.lastSku)
    await this.apply(found, overlapping, (skuId) => skuId >= from && skuId < to)
    return [...found].sort(([a], [b]) => a - b)
  }

  /** The entries of all SKUs from an id on, ascending, some thousand SKUs in memory at a time. */
  async *walk(firstSku = 0): AsyncGenerator<SkuEntries> {
    for (let from = firstSku; from < Number.POSITIVE_INFINITY; ) {
      const { found, to } = await this.window(from)
      for (const each of [...found].sort(([a], [b]) => a - b)) yield each
      from = to
    }
  }

  /** The entries of all SKUs below an id, descending, some thousand SKUs in memory at a time. */
  async *walkDown(below: number): AsyncGenerator<SkuEntries> {
    const { generation, receipts } = await this.base()
    for (let to = below; to > 0; ) {
      const { found, first } = await this.shardsBelow(generation, to)
      let from = first
      for (const receipt of receipts) {
        if (receipt.lastSku < from || receipt.firstSku >= to) continue
        const [least, end] = [from, to]
        await this.apply(found, [receipt], (skuId) => skuId >= least && skuId < end)
        if (found.size > 2 * SKUS_A_WINDOW) from = keepHighest(found, SKUS_A_WINDOW)
      }
      for (const each of [...found].sort(([a], [b]) => b - a)) yield each
      to = from
    }
  }

  /** The entries of a few shards, and the id from which on they have all. */
  private async shardsBelow(generation: Generation, to: number) {
    const last = Math.max(0, placeOf(generation, to - 1))
    const start = Math.max(0, last - READS_AT_A_TIME + 1)
    const places = generation.shards.map((_, place) => place).slice(start, last + 1)
    const read = (place: number) => shardAt(this.documents, generation, place)
    const found = new Map<number, Entry[]>()
    for await (const shard of prefetch(places, read, READS_AT_A_TIME)) {
      for (const [skuId, entries] of shard) if (skuId < to) found.set(skuId, entries)
    }
    return { found, first: start === 0 ? 0 : (generation.shards[start] ?? 0) }
  }

  /** The entries from an id on, of as many SKUs as may be held in memory. */
  private async window(from: number): Promise<{ found: Map<number, Entry[]>; to: number }> {
    const { documents } = this
    const { generation, receipts } = await this.base()
    const found = new Map<number, Entry[]>()
    const places = generation.shards.map((_, place) => place)
    const left = places.slice(Math.max(0, placeOf(generation, from)))
    let to = Number.POSITIVE_INFINITY
    const read = async (place: number) => ({
      place,
      shard: await shardAt(documents, generation, place),
    })
    for await (const { place, shard } of prefetch(left, read, READS_AT_A_TIME)) {
      if (found.size >= SKUS_A_WINDOW) {
        to = generation.shards[place] ?? to
        break
      }
      for (const [skuId, entries] of shard) if (skuId >= from) found.set(skuId, entries)
    }
    for (const receipt of receipts) {
      if (receipt.lastSku < from || receipt.firstSku >= to) continue
      await this.apply(found, [receipt], (skuId) => skuId >= from && skuId < to)
      if (found.size > 2 * SKUS_A_WINDOW) to = keepLowest(found, SKUS_A_WINDOW)
    }
    return { found, to }
  }

  /** How many offers of each seller Intershop was selling, by seller, and up to which version that counts. */
  async inStock(): Promise<{ version: number; bySeller: ReadonlyMap<string, number> }> {
    const { version, inStock } = (await this.base()).generation
    if (version > 0) return { version, bySeller: inStock }
    const bySeller = new Map<string, number>()
    for await (const [, entries] of this.walk()) countInStock(bySeller, entries)
    return { version: Number.MAX_SAFE_INTEGER, bySeller }
  }

  private async apply(
    found: Map<number, Entry[]>,
    receipts: readonly Receipt[],
    isWanted: (skuId: number) => boolean
  ): Promise<void> {
    const read = async (receipt: Receipt) => ({ receipt, started: await this.startedOf(receipt) })
    const areSmall = receipts.every(({ offers }) => offers <= OFFERS_OF_A_SMALL_ONE)
    const atATime = areSmall ? READS_AT_A_TIME : LARGE_READS_AT_A_TIME
    for await (const { receipt, started } of prefetch(receipts, read, atATime)) {
      if (!started) {
        markUncertain(found, receipt)
        continue
      }
      for (const [skuId, own] of bySku(started, isWanted)) {
        found.set(skuId, entriesAfter(found.get(skuId) ?? [], receipt, own))
      }
    }
  }
}

/** If a batch's document is lost, no entry in its SKU range is certain until it is sent again. */
function markUncertain(found: Map<number, Entry[]>, { firstSku, lastSku }: Receipt) {
  for (const [skuId, entries] of found) {
    if (skuId < firstSku || skuId > lastSku) continue
    found.set(
      skuId,
      entries.map((entry) => ({ ...entry, isCertain: false }))
    )
  }
}

type Lists = 'sent' | 'held' | 'dismissed' | 'shared' | 'taken'

type OfSku = { [List in Lists]: NonNullable<Started[List]>[number][] } & Pick<
  Started,
  'publishedUnder'
>

/** What a batch did, SKU by SKU. */
export function bySku(started: Started, isWanted: (skuId: number) => boolean): Map<number, OfSku> {
  const { sent, held, dismissed = [], shared, taken, publishedUnder } = started
  const groups = new Map<number, OfSku>()
  const groupOf = (skuId: number) => {
    const group = groups.get(skuId) ?? {
      ...{ sent: [], held: [], dismissed: [], shared: [], taken: [], publishedUnder },
    }
    groups.set(skuId, group)
    return group
  }
  for (const each of sent) if (isWanted(each.skuId)) groupOf(each.skuId).sent.push(each)
  for (const each of taken) if (isWanted(each.skuId)) groupOf(each.skuId).taken.push(each)
  const unsent = { held, dismissed, shared }
  for (const list of ['held', 'dismissed', 'shared'] as const) {
    for (const each of unsent[list]) if (isWanted(each.skuId)) groupOf(each.skuId)[list].push(each)
  }
  return groups
}

/** Removes all SKUs but the lowest. @returns the lowest one removed */
function keepLowest(found: Map<number, Entry[]>, count: number): number {
  const ids = Float64Array.from(found.keys()).sort()
  const to = ids[count] ?? Number.POSITIVE_INFINITY
  for (const skuId of ids.subarray(count)) found.delete(skuId)
  return to
}

/** Removes all SKUs but the highest. @returns the lowest one kept */
function keepHighest(found: Map<number, Entry[]>, count: number): number {
  const ids = Float64Array.from(found.keys()).sort()
  for (const skuId of ids.subarray(0, -count)) found.delete(skuId)
  return ids[Math.max(0, ids.length - count)] ?? 0
}
