import type { Documents } from '../state/documents'
import { readAhead } from '../state/readAhead'
import { type Entry, entriesAfter } from './entry'
import { type Generation, newestGeneration, placeOf, shardAt } from './generations'
import { parseStarted, type Receipt, type Started } from './receipt'
import type { SkuEntries } from './shard'

const READS_AT_A_TIME = 8
/** SKUs that are held in memory while the whole ledger is read. */
const SKUS_A_WINDOW = 20_000
/** Small receipts are read by many batches: so many of their offers are kept in memory, all together. */
const OFFERS_KEPT = 50_000
const OFFERS_OF_A_SMALL_ONE = 2_000

/** The entries of the SKUs of a batch. */
export interface Published {
  entries(skuId: number): readonly Entry[]
}

/**
 * What Intershop was sent last: the newest generation of shards and, over it, the receipts of what was sent since.
 * For one run of a worker; nothing that it reads is ever rewritten.
 */
export class Ledger {
  private readonly started = new Map<string, Started>()
  private offersKept = 0

  private constructor(
    private readonly documents: Documents,
    readonly generation: Generation,
    /** Those that it does not hold, by version. */
    readonly receipts: readonly Receipt[]
  ) {}

  /** @param receipts in any order; those that a generation holds do not matter @throws {StateError} */
  static async open(documents: Documents, receipts: readonly Receipt[]): Promise<Ledger> {
    return Ledger.over(documents, await newestGeneration(documents), receipts)
  }

  static over(documents: Documents, generation: Generation, receipts: readonly Receipt[]): Ledger {
    const left = receipts.filter(({ path }) => !generation.folded.has(path))
    return new Ledger(
      documents,
      generation,
      left.sort((a, b) => a.version - b.version)
    )
  }

  /** The entries of some SKUs. @throws {StateError} */
  async of(skuIds: Iterable<number>): Promise<Published> {
    const wanted = new Set(skuIds)
    const found = new Map<number, Entry[]>()
    const places = new Set([...wanted].map((skuId) => placeOf(this.generation, skuId)))
    const read = (place: number) => shardAt(this.documents, this.generation, place)
    for await (const shard of readAhead([...places], read, READS_AT_A_TIME)) {
      for (const [skuId, entries] of shard) if (wanted.has(skuId)) found.set(skuId, entries)
    }
    let first = Number.POSITIVE_INFINITY
    let last = Number.NEGATIVE_INFINITY
    for (const skuId of wanted) {
      first = Math.min(first, skuId)
      last = Math.max(last, skuId)
    }
    const overlapping = this.receipts.filter(
      (each) => each.firstSku <= last && first <= each.lastSku
    )
    await this.apply(found, overlapping, (skuId) => wanted.has(skuId))
    return { entries: (skuId) => found.get(skuId) ?? [] }
  }

  /**
   * The entries of all SKUs from an id on, ascending, some thousand SKUs in memory at a time.
   * @throws {StateError}
   */
  async *walk(firstSku = 0): AsyncGenerator<SkuEntries> {
    for (let from = firstSku; from < Number.POSITIVE_INFINITY; ) {
      const { found, to } = await this.window(from)
      for (const each of [...found].sort(([a], [b]) => a - b)) yield each
      from = to
    }
  }

  /** The entries from an id on, of as many SKUs as may be held in memory. */
  private async window(from: number): Promise<{ found: Map<number, Entry[]>; to: number }> {
    const { documents, generation } = this
    const found = new Map<number, Entry[]>()
    let place = Math.max(0, placeOf(generation, from))
    for (; place < generation.shards.length && found.size < SKUS_A_WINDOW; place++) {
      for (const [skuId, entries] of await shardAt(documents, generation, place)) {
        if (skuId >= from) found.set(skuId, entries)
      }
    }
    let to = generation.shards[place] ?? Number.POSITIVE_INFINITY
    for (const receipt of this.receipts) {
      if (receipt.lastSku < from || receipt.firstSku >= to) continue
      await this.apply(found, [receipt], (skuId) => skuId >= from && skuId < to)
      if (found.size > 2 * SKUS_A_WINDOW) to = keepLowest(found, SKUS_A_WINDOW)
    }
    return { found, to }
  }

  private async apply(
    found: Map<number, Entry[]>,
    receipts: readonly Receipt[],
    isWanted: (skuId: number) => boolean
  ): Promise<void> {
    const read = async (receipt: Receipt) => ({ receipt, started: await this.startedOf(receipt) })
    for await (const { receipt, started } of readAhead(receipts, read, READS_AT_A_TIME)) {
      if (!started) {
        doubt(found, receipt)
        continue
      }
      for (const [skuId, { sent, held }] of bySku(started, isWanted)) {
        found.set(skuId, entriesAfter(found.get(skuId) ?? [], receipt, sent, held))
      }
    }
  }

  /** Undefined where the document is lost, or not to be seen yet. */
  private async startedOf({ path, offers }: Receipt): Promise<Started | undefined> {
    const known = this.started.get(path)
    if (known) return known
    const started = parseStarted(await this.documents.read('delivered', path))
    if (started && offers <= OFFERS_OF_A_SMALL_ONE && this.offersKept + offers <= OFFERS_KEPT) {
      this.started.set(path, started)
      this.offersKept += offers
    }
    return started
  }
}

/** Of what a batch sent nothing is known but its range: there nothing is certain until it is read again. */
function doubt(found: Map<number, Entry[]>, { firstSku, lastSku }: Receipt) {
  for (const [skuId, entries] of found) {
    if (skuId < firstSku || skuId > lastSku) continue
    found.set(
      skuId,
      entries.map((entry) => ({ ...entry, isCertain: false }))
    )
  }
}

function bySku({ sent, held }: Started, isWanted: (skuId: number) => boolean) {
  const groups = new Map<
    number,
    { sent: Started['sent'][number][]; held: Started['held'][number][] }
  >()
  const groupOf = (skuId: number) => {
    const group = groups.get(skuId) ?? { sent: [], held: [] }
    groups.set(skuId, group)
    return group
  }
  for (const offer of sent) if (isWanted(offer.skuId)) groupOf(offer.skuId).sent.push(offer)
  for (const offer of held) if (isWanted(offer.skuId)) groupOf(offer.skuId).held.push(offer)
  return groups
}

/** Forgets all SKUs but the lowest ones. @returns the lowest that was forgotten */
function keepLowest(found: Map<number, Entry[]>, count: number): number {
  const ids = Float64Array.from(found.keys()).sort()
  const to = ids[count] ?? Number.POSITIVE_INFINITY
  for (const skuId of ids.subarray(count)) found.delete(skuId)
  return to
}
