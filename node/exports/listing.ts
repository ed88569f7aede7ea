import { z } from 'zod'
import { type ListCursor, listCursor } from '../sources/paginate'
import { SKU_SOURCES, type SkuSource, type SkuSourceName } from '../sources/source'
import type { ListingName } from './documentNames'
import type { Dependencies } from './engine'

/** A step lists no longer, whatever a worker that dies may lose: other exports wait. */
const LONGEST_MS = 5_000

/** The pages that one step listed. */
const group = z.object({
  ids: z.array(z.number()),
  /** Of whom it names at least one SKU. */
  sellers: z.array(z.string()),
  /** Where listing goes on; absent at the end. */
  next: listCursor.optional(),
})

export type Group = z.infer<typeof group>

export const groupSchema = group.extend({ v: z.literal(1) })

/** How far the listing of a source's SKUs got, as names tell. */
export interface Listing {
  /** Lists of all SKUs, the newest first, which counts. */
  lists: readonly ListingName[]
  /** The groups that listing goes on after, in order. */
  groups: readonly ListingName[]
  /** When the step of the newest document began, UTC milliseconds. */
  newest: number
  /** When listing got further than ever before, UTC milliseconds: what was lost and listed anew is no progress. */
  progressAt: number
}

/** Of an export, by source. */
export type Listings = Partial<Record<SkuSourceName, Listing>>

export const NOT_BEGUN: Listing = { lists: [], groups: [], newest: 0, progressAt: 0 }

/**
 * Folds the names of a source's listing. Each group says which one it goes on after, since two workers may have listed
 * at once, and a look may miss a name: the newest group counts of which all before are there, to the first.
 * @param names oldest first
 * @param discarded uniqueIds
 */
export function listingOf(names: readonly ListingName[], discarded: ReadonlySet<string>): Listing {
  const left = names.filter(({ uniqueId }) => !discarded.has(uniqueId)).reverse()
  const groups = left.filter(({ number }) => number !== undefined)
  const byId = new Map(groups.map((name) => [name.uniqueId, name]))
  const last = groups.find((each) => upTo(each, byId).length > 0)
  let reached = -1
  let progressAt = 0
  for (const { number = Number.POSITIVE_INFINITY, at } of names) {
    if (number <= reached) continue
    reached = number
    progressAt = at
  }
  return {
    lists: left.filter(({ number }) => number === undefined),
    groups: last ? upTo(last, byId) : [],
    newest: names.at(-1)?.at ?? 0,
    progressAt,
  }
}

/** @param names of one export and plan, oldest first */
export const listingsOf = (
  names: readonly ListingName[],
  discarded: ReadonlySet<string>
): Listings =>
  Object.fromEntries(
    SKU_SOURCES.map((source) => {
      const own = names.filter((name) => name.source === source)
      return [source, listingOf(own, discarded)]
    })
  )

/** A group and all before it; none where one of them is missing. */
function upTo(last: ListingName, byId: ReadonlyMap<string, ListingName>): ListingName[] {
  const chain = [last]
  for (let { after } = last; after !== undefined; ) {
    const before = byId.get(after)
    if (!before) return []
    chain.push(before)
    after = before.after
  }
  return chain.reverse()
}

/**
 * Lists SKU ids for a while, at least a page; or until a page fails: then up to it.
 * @param ms how long it may take
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
    // Before the deadline is looked at: what begins is read at once, and not when a quota gets to it.
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
