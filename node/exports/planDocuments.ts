import { findLastIndex, pluck, range, sum } from 'ramda'
import { z } from 'zod'
import { forEachConcurrently } from '../common/concurrency'
import { type SkuSourceName, SOURCES } from '../sources/source'
import { type Documents, readWritten } from '../state/documents'
import type { Range } from './documentNames'
import type { Dependencies } from './engine'

/** SKU ids in one page of a worklist. */
const PAGE_SIZE = 10_000
const PAGES_AT_A_TIME = 4

export const listSchema = z.object({
  v: z.literal(1),
  /** The one in its name. */
  uniqueId: z.string(),
  total: z.number().int(),
  /** The first id of each page; pages are sorted and hold each id once. */
  firstIds: z.array(z.number()),
  /** Names of the pending changes that the export acknowledges at its end. */
  consumes: z.array(z.string()),
  /** Sellers without any listed SKU: their published offers are held, not set to 0. */
  withheld: z.array(z.string()).optional(),
  /** SKU ids that VTEX may not know: they came from unauthenticated notifications. */
  unverified: z.array(z.number()).optional(),
  /** Of a refresh: the first SKU id after it, and how much of a round's time a SKU has. */
  refreshed: z.object({ next: z.number(), skuMs: z.number() }).optional(),
})

export const planSchema = z.object({
  v: z.literal(1),
  exportId: z.string(),
  uniqueId: z.string(),
  /** UTC milliseconds. */
  startedAt: z.number(),
  /** Exports that this one answers too. */
  covers: z.array(z.string()),
  notes: z.array(z.string()),
  sources: z.array(z.enum(SOURCES)),
  /** Sources that are asked by SKU are asked for all SKUs, not only for changed ones. */
  everything: z.boolean(),
  /** No change was pending: the sources that are asked by SKU are asked for none. */
  nothingPending: z.literal(true).optional(),
  /** What is asked of Centra. */
  centra: z
    .object({
      since: z.number().optional(),
      startId: z.number().optional(),
      again: z.array(z.object({ rowId: z.number(), attempts: z.number() })),
      /** How many rows there were when all were last read. */
      rows: z.number().optional(),
    })
    .optional(),
  /** Where other sellers' offers are refreshed; all in UTC milliseconds but `from`. */
  refresh: z
    .object({
      from: z.number(),
      /** When the refresh before came this far. */
      since: z.number(),
      /** When the offers from there on were last read. */
      readAt: z.number(),
      /** A batch that begins later is the last one. */
      until: z.number(),
    })
    .optional(),
})

/** What an export reads. Made without requests to sources, so that no source waits for another. */
export type Plan = z.infer<typeof planSchema>

/** A worklist: the SKU ids that an export reads of a source. This document points to its pages. */
export type List = Omit<z.infer<typeof listSchema>, 'v'>

export const NO_SKUS: List = { uniqueId: '', total: 0, firstIds: [], consumes: [] }

/** The worklists of an export, by source. */
export type Lists = Partial<Record<SkuSourceName, List>>

const pageSchema = z.object({ ids: z.array(z.number()) })

const pagePath = (exportId: string, { uniqueId }: Pick<List, 'uniqueId'>, index: number) =>
  `${exportId}/${uniqueId}/${index}`

/** Sorts ids and removes duplicates: the catalog's pages shift while they are listed. Uses eight bytes for an id, twice. */
export async function sortedIds(batches: AsyncIterable<ArrayLike<number>>, startId = 0) {
  const parts: Float64Array[] = []
  for await (const batch of batches) parts.push(Float64Array.from(batch))
  const ids = new Float64Array(sum(pluck('length', parts)))
  let count = 0
  for (const part of parts.splice(0)) {
    ids.set(part, count)
    count += part.length
  }
  ids.sort()
  return ids.filter((id, index) => id >= startId && id !== ids[index - 1])
}

/** Saves the pages of a worklist. @param ids sorted, each once @returns the worklist, to be saved after them */
export async function savePages(
  documents: Documents,
  exportId: string,
  list: Omit<List, 'total' | 'firstIds'>,
  ids: Float64Array
): Promise<List> {
  const starts = range(0, Math.ceil(ids.length / PAGE_SIZE)).map((index) => index * PAGE_SIZE)
  await forEachConcurrently(starts.entries(), PAGES_AT_A_TIME, ([index, start]) => {
    const page = { ids: [...ids.subarray(start, start + PAGE_SIZE)] }
    return documents.save('worklistPages', pagePath(exportId, list, index), page)
  })
  return { ...list, total: ids.length, firstIds: starts.map((start) => ids[start] ?? 0) }
}

/**
 * The ids of a worklist in a range, at most `most`.
 * @returns the ids, and where the next batch starts: the id after them, or the end of the range
 */
export async function listedIds(
  engine: Pick<Dependencies, 'documents' | 'clock'>,
  exportId: string,
  list: List,
  { from, to }: Range,
  most: number
): Promise<{ ids: number[]; to: number }> {
  const ids: number[] = []
  const last = findLastIndex((id) => id <= from, list.firstIds)
  for (let index = Math.max(0, last); index < list.firstIds.length; index++) {
    const first = list.firstIds[index] ?? 0
    if (first >= to) break
    if (ids.length === most) return { ids, to: first }
    const path = pagePath(exportId, list, index)
    const page = await readWritten(engine, 'worklistPages', path, pageSchema)
    for (const id of page.ids) {
      if (id < from || id >= to) continue
      if (ids.length === most) return { ids, to: id }
      ids.push(id)
    }
  }
  return { ids, to }
}

/** By export that was not planned: the export that answers it too. */
export function coalesced(plans: readonly Plan[]): Map<string, string> {
  const planned = new Set(pluck('exportId', plans))
  const pairs = plans.flatMap(({ exportId, covers }) =>
    covers.map((covered) => [covered, exportId] as const)
  )
  // Two workers may plan two exports at once, each covering the other: then both have to run.
  return new Map(pairs.filter(([covered]) => !planned.has(covered)))
}
