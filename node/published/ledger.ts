import { max, min } from 'ramda'
import { prefetch } from '../common/concurrency'
import type { Documents } from '../state/documents'
import { countInStock, type Entry, entriesAfter } from './entry'
import {
  type Generation,
  newestGeneration,
  placeOf,
  SKUS_A_SHARD,
  type SkuEntries,
  shardAt,
} from './generations'
import { bySku, parseStarted, type Receipt, type Started } from './receipt'

const READS_AT_A_TIME = 16
const LARGE_READS_AT_A_TIME = 2
/** In memory while the whole ledger is read. */
const SHARDS_A_WINDOW = 20
const SKUS_A_WINDOW = SHARDS_A_WINDOW * SKUS_A_SHARD
/** Many batches read small receipts: this many of their offers are cached in total. */
const OFFERS_KEPT = 50_000
const OFFERS_OF_A_SMALL_ONE = 2_000
/** The shards of two batches of neighbouring SKUs: one is read ahead. */
const SHARDS_KEPT = 22
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
  readonly documents: Documents
  /** By the ids of receipts. */
  private readonly started = new Map<string, Started>()
  private offersKept = 0
  private readonly recentShards = new Map<string, SkuEntries[]>()
  private generation: Promise<Generation> | undefined

  constructor(private readonly around: Around) {
    this.documents = around.documents
  }

  /** @param receipts in any order; receipts that the generation contains are skipped */
  at(receipts: readonly Receipt[]): LedgerView {
    return new LedgerView(this, receipts)
  }

  /** The newest generation, as this run knows it. */
  newest(): Promise<Generation> {
    this.generation ??= newestGeneration(this.documents)
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

  /** What a receipt says; undefined if its document is lost. */
  async startedOf(receipt: Receipt): Promise<Started | undefined> {
    const known = this.started.get(receipt.id)
    if (known) return known
    const path = receipt.path()
    for (let look = 1; ; look++) {
      const started = parseStarted(await this.documents.read('receipts', path))
      if (started) this.keep(receipt, started)
      if (started || look === LOOKS) return started
      await this.around.clock.sleep(BETWEEN_LOOKS_MS)
    }
  }

  /**
   * Some shards of a generation. Caches the last ones: a batch that runs out of time has read more shards than it used,
   * and the next one starts with those.
   */
  async *shards(generation: Generation, places: readonly number[]): AsyncGenerator<SkuEntries[]> {
    const cache = this.recentShards
    const read = async (place: number) => {
      const key = `${generation.name}/${place}`
      return { key, shard: cache.get(key) ?? (await shardAt(this.documents, generation, place)) }
    }
    for await (const { key, shard } of prefetch(places, read, READS_AT_A_TIME)) {
      // One that is not visible yet is looked for again.
      if (shard.length > 0) cache.set(key, shard)
      const [oldest] = cache.keys()
      if (oldest !== undefined && cache.size > SHARDS_KEPT) cache.delete(oldest)
      yield shard
    }
  }
}

/** A generation, and the receipts that it does not contain, by version. */
interface Base {
  generation: Generation
  receipts: readonly Receipt[]
}

/** SKU ids from one up to another one, without it. */
interface Range {
  from: number
  to: number
}

const ascending = (found: ReadonlyMap<number, Entry[]>): SkuEntries[] =>
  [...found].filter(([, entries]) => entries.length > 0).sort(([a], [b]) => a - b)

/** The ledger with the receipts known at one time. Nothing is read before the first call. */
export class LedgerView {
  private found: Promise<Base> | undefined

  constructor(
    private readonly books: Ledger,
    private readonly all: readonly Receipt[]
  ) {}

  /** What it is read from. */
  base(): Promise<Base> {
    this.found ??= this.books.newest().then((generation) => {
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
    const { generation } = await this.base()
    const ids = [...wanted]
    const places = new Set(ids.map((skuId) => placeOf(generation, skuId)))
    for await (const shard of this.books.shards(generation, [...places])) {
      for (const [skuId, entries] of shard) if (wanted.has(skuId)) found.set(skuId, entries)
    }
    const range = { from: ids.reduce(min), to: ids.reduce(max) + 1 }
    await this.apply(found, range, (skuId) => wanted.has(skuId))
    return { entries: (skuId) => found.get(skuId) ?? [] }
  }

  /** The entries of a shard's SKUs, ascending, with those of new SKUs up to the next shard. */
  async shard(place: number): Promise<SkuEntries[]> {
    const { generation } = await this.base()
    const from = place === 0 ? 0 : (generation.shards[place] ?? 0)
    const to = generation.shards[place + 1] ?? Number.POSITIVE_INFINITY
    const found = new Map<number, Entry[]>()
    for await (const shard of this.books.shards(generation, [place])) {
      for (const [skuId, entries] of shard) found.set(skuId, entries)
    }
    await this.apply(found, { from, to })
    return ascending(found)
  }

  /** The entries of all SKUs from an id on, ascending. */
  async *walk(firstSku = 0): AsyncGenerator<SkuEntries> {
    for await (const some of this.windows(firstSku)) for (const each of some) yield each
  }

  /** {@link walk} some thousand SKUs at a time: so many are in memory. */
  async *windows(firstSku = 0): AsyncGenerator<SkuEntries[]> {
    const { generation } = await this.base()
    for (let from = firstSku; from < Number.POSITIVE_INFINITY; ) {
      const next = Math.max(0, placeOf(generation, from)) + SHARDS_A_WINDOW
      const to = generation.shards[next] ?? Number.POSITIVE_INFINITY
      const { found, range } = await this.window({ from, to }, 'lowest')
      yield ascending(found)
      from = range.to
    }
  }

  /** The entries of all SKUs below an id, descending, some thousand SKUs in memory at a time. */
  async *walkDown(below: number): AsyncGenerator<SkuEntries> {
    const { generation } = await this.base()
    for (let to = below; to > 0; ) {
      const first = placeOf(generation, to - 1) - READS_AT_A_TIME + 1
      const from = first <= 0 ? 0 : (generation.shards[first] ?? 0)
      const { found, range } = await this.window({ from, to }, 'highest')
      for (const each of ascending(found).reverse()) yield each
      to = range.from
    }
  }

  /** The entries of a range of SKUs, or where those are too many for memory, of SKUs at one end of it. */
  private async window(whole: Range, end: 'lowest' | 'highest') {
    const { generation, receipts } = await this.base()
    const found = new Map<number, Entry[]>()
    let range = whole
    const isIn = (skuId: number) => skuId >= range.from && skuId < range.to
    const first = Math.max(0, placeOf(generation, range.from))
    const places = generation.shards.flatMap((firstSku, place) =>
      place >= first && firstSku < whole.to ? place : []
    )
    const read = (place: number) => shardAt(this.books.documents, generation, place)
    for await (const shard of prefetch(places, read, READS_AT_A_TIME)) {
      for (const [skuId, entries] of shard) if (isIn(skuId)) found.set(skuId, entries)
    }
    for (const receipt of receipts) {
      await this.apply(found, range, isIn, [receipt])
      range = trim(found, range, end)
    }
    return { found, range }
  }

  /** How many offers of each seller Intershop was selling, by seller, and up to which version that counts. */
  async inStock(): Promise<{ version: number; bySeller: ReadonlyMap<string, number> }> {
    const { version, inStock } = (await this.base()).generation
    if (version > 0) return { version, bySeller: inStock }
    const bySeller = new Map<string, number>()
    for await (const [, entries] of this.walk()) countInStock(bySeller, entries)
    return { version: Number.MAX_SAFE_INTEGER, bySeller }
  }

  /** Applies receipts to the entries of a range of SKUs. */
  private async apply(
    found: Map<number, Entry[]>,
    { from, to }: Range,
    isWanted = (skuId: number) => skuId >= from && skuId < to,
    all?: readonly Receipt[]
  ): Promise<void> {
    const receipts = (all ?? (await this.base()).receipts).filter(
      ({ firstSku, lastSku }) => firstSku < to && from <= lastSku
    )
    const read = async (receipt: Receipt) => {
      return { receipt, started: await this.books.startedOf(receipt) }
    }
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
    const uncertain = entries.map((entry) => ({ ...entry, isCertain: false }))
    if (skuId >= firstSku && skuId <= lastSku) found.set(skuId, uncertain)
  }
}

/** Removes SKUs at one end of a range where they are too many. @returns what is left of the range */
function trim(found: Map<number, Entry[]>, { from, to }: Range, end: 'lowest' | 'highest'): Range {
  if (found.size <= 2 * SKUS_A_WINDOW) return { from, to }
  const ids = Float64Array.from(found.keys()).sort()
  const keepsLowest = end === 'lowest'
  const surplus = keepsLowest ? ids.subarray(SKUS_A_WINDOW) : ids.subarray(0, -SKUS_A_WINDOW)
  for (const skuId of surplus) found.delete(skuId)
  return keepsLowest ? { from, to: surplus[0] ?? to } : { from: ids[surplus.length] ?? from, to }
}
