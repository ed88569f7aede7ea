import { descend, groupBy, mapObjIndexed, sort } from 'ramda'
import { z } from 'zod'
import type { ChangesIo } from '../changes/changeLog'
import { KitIndex } from '../changes/kitIndex'
import { skusChangedSince, takePending, UnverifiedIds } from '../changes/pendingChanges'
import { type ListCursor, listCursor } from '../sources/paginate'
import type { SkuSource, SourceName } from '../sources/source'
import type { ListingName } from './documentNames'
import type { Dependencies } from './engine'
import { type ExportRequest, isOfHeld, windowOf } from './exportRequest'

/** Shorter than a batch may take, since other exports wait for a step to end. */
export const LONGEST_MS = 5_000

export const groupSchema = z.object({
  v: z.literal(1),
  ids: z.array(z.number()),
  /** Sellers of at least one of the SKUs. */
  sellers: z.array(z.string()),
  /** Where the next step continues; absent at the end. */
  next: listCursor.optional(),
})

export type Group = Omit<z.infer<typeof groupSchema>, 'v'>

/** How far the SKUs of a source were listed. */
export interface Listing {
  /** Worklists, newest first; the newest counts. */
  lists: readonly ListingName[]
  /** The groups after which listing continues, in order. */
  groups: readonly ListingName[]
  /** When the step of the newest document began, UTC milliseconds. */
  newest: number
  /** When listing last got further than before, UTC milliseconds. Listing lost groups again is no progress. */
  progressAt: number
}

/** Of an export, by source; absent where nothing was saved. */
export type Listings = Partial<Record<SourceName, Listing>>

/**
 * The listing of a source, from names. Two workers may list at once, and VBase may show a name late, so each group names
 * the one before it. The newest group counts of which all before it are known.
 * @param names oldest first
 * @param discarded unique ids
 */
export function listingOf(names: readonly ListingName[], discarded: ReadonlySet<string>): Listing {
  const left = names.filter(({ uniqueId }) => !discarded.has(uniqueId)).reverse()
  const groups = left.filter(({ number }) => number !== undefined)
  const byId = new Map(groups.map((name) => [name.uniqueId, name]))
  const last = groups.find((each) => upTo(each, byId).length > 0)
  // The oldest of those that got furthest; a worklist is the end.
  const [furthest] = sort(
    descend(({ number = Number.POSITIVE_INFINITY }) => number),
    names
  )
  return {
    lists: left.filter(({ number }) => number === undefined),
    groups: last ? upTo(last, byId) : [],
    newest: names.at(-1)?.at ?? 0,
    progressAt: furthest?.at ?? 0,
  }
}

/** @param names of one export and plan, oldest first */
export function listingsOf(names: readonly ListingName[], discarded: ReadonlySet<string>) {
  const bySource = groupBy(({ source }) => source, names)
  return mapObjIndexed((own: ListingName[] = []) => listingOf(own, discarded), bySource)
}

/** A group and all before it, the first one first; empty where one of them is missing. */
function upTo(last: ListingName, byId: ReadonlyMap<string, ListingName>): ListingName[] {
  const chain: ListingName[] = []
  for (let group: ListingName | undefined = last; group; group = byId.get(group.after ?? '')) {
    chain.push(group)
  }
  return chain.at(-1)?.after === undefined ? chain.reverse() : []
}

/**
 * Lists at least one page of SKU ids, until the time is over or a page fails.
 * @throws {UpstreamError} where no page could be read
 */
export async function listGroup(
  { clock, mostSkus }: Pick<Dependencies, 'clock' | 'mostSkus'>,
  source: SkuSource,
  from: ListCursor | undefined,
  ms: number
): Promise<Group> {
  const deadline = clock.now() + Math.min(ms, LONGEST_MS)
  const ids: number[] = []
  const sellers = new Set<string>()
  let next: ListCursor | undefined
  let isFirst = true
  const mayBegin = async () => {
    // Before the deadline is checked: the request must not wait for the rate limiter after that.
    if (!isFirst) await source.admission?.()
    const may = isFirst || (ids.length < mostSkus && clock.now() < deadline)
    isFirst = false
    return may
  }
  try {
    for await (const page of source.skuIds(mayBegin, from)) {
      for (const id of page.ids) ids.push(id)
      if (page.ids.length > 0) sellers.add(page.sellerId)
      next = page.next
    }
  } catch (thrown) {
    if (!next) throw thrown
  }
  return { ids, sellers: [...sellers], next }
}

/** The changed SKUs that an export reads. */
export class ChangedSkus {
  /** Names of the pending changes that were read. */
  private readonly consumes: string[] = []
  private readonly unverified = new UnverifiedIds()

  /** @param startedAt when the export began, UTC milliseconds */
  constructor(
    private readonly io: ChangesIo,
    private readonly startedAt: number
  ) {}

  /** What a worklist says of them. */
  get found() {
    return { consumes: this.consumes, unverified: this.unverified.ids }
  }

  /** The pending changes that an update takes, in batches; an id may come twice. */
  async *pending(): AsyncGenerator<readonly number[]> {
    for await (const { changes, path } of takePending(this.io, this.startedAt)) {
      this.consumes.push(path)
      yield this.unverified.note(changes)
    }
  }

  /**
   * Those that an incremental export selects, in batches, and the kits that they are part of: VTEX does not report kits
   * when their parts change.
   */
  async *of(request: ExportRequest): AsyncGenerator<readonly number[]> {
    if (isOfHeld(request)) return
    const from = windowOf(request)
    const index = new KitIndex(this.io.documents)
    const batches =
      from === undefined ? this.pending() : skusChangedSince(this.io, from, this.unverified)
    for await (const batch of batches) {
      yield batch
      await index.read(batch)
      yield batch.flatMap((skuId) => index.of(skuId))
    }
  }
}
