import pLimit from 'p-limit'
import { findLastIndex } from 'ramda'
import { z } from 'zod'
import { type SkuSourceName, SOURCES } from '../sources/source'
import type { Documents } from '../state/documents'
import type { Range } from './documentNames'
import type { Dependencies } from './engine'
import { readWritten } from './readWritten'

/** SKU ids in one chunk document. */
const CHUNK = 10_000

const list = z.object({
  /** That of its name. */
  uniqueId: z.string(),
  total: z.number().int(),
  /** The first id of each chunk; the chunks are sorted and hold every id once. */
  firstIds: z.array(z.number()),
  /** Names of the pending changes that it exports. */
  consumes: z.array(z.string()),
  /** Sellers of whom the source named no SKU at all: what Intershop sells of them is kept back. */
  withheld: z.array(z.string()).optional(),
  /** SKU ids that nobody vouches for: VTEX may not know them. */
  unverified: z.array(z.number()).optional(),
})

export const planSchema = z.object({
  v: z.literal(1),
  exportId: z.string(),
  uniqueId: z.string(),
  /** UTC milliseconds. */
  startedAt: z.number(),
  /** Exports that this one also answers. */
  covers: z.array(z.string()),
  /** What a reader of the report should know. */
  notes: z.array(z.string()),
  sources: z.array(z.enum(SOURCES)),
  /** Of sources that are asked by SKU: all SKUs there are, and not only those that changed. */
  everything: z.boolean(),
  /** Nothing was pending: an update asks these sources for no SKU. */
  nothingPending: z.literal(true).optional(),
  /** What is asked of Centra. */
  centra: z
    .object({
      since: z.number().optional(),
      startId: z.number().optional(),
      again: z.array(z.object({ rowId: z.number(), attempts: z.number() })),
      /** How many rows there were when all were read last. */
      rows: z.number().optional(),
    })
    .optional(),
})

/** What an export will read. Asks no upstream, so that no source waits for another. */
export type Plan = z.infer<typeof planSchema>

export const listSchema = list.extend({ v: z.literal(1) })

/** The SKU ids that an export will read, in documents of their own; this one says where. */
export type List = z.infer<typeof list>

export const NO_SKUS: List = { uniqueId: '', total: 0, firstIds: [], consumes: [] }

/** The lists of an export, by source. */
export type Lists = Partial<Record<SkuSourceName, List>>

const chunkSchema = z.object({ ids: z.array(z.number()) })

const chunkPath = (exportId: string, { uniqueId }: Pick<List, 'uniqueId'>, index: number) =>
  `${exportId}/${uniqueId}/${index}`

/**
 * Sorts ids and drops doubles: the catalog's pages shift while they are read, so an id may come twice.
 * Eight bytes an id.
 */
export async function sortedIds(batches: AsyncIterable<readonly number[]>, startId = 0) {
  let ids = new Float64Array(16_384)
  let count = 0
  for await (const batch of batches) {
    if (count + batch.length > ids.length) {
      const larger = new Float64Array(Math.max(ids.length * 2, count + batch.length))
      larger.set(ids.subarray(0, count))
      ids = larger
    }
    for (const id of batch) if (id >= startId) ids[count++] = id
  }
  const sorted = ids.subarray(0, count).sort()
  let kept = 0
  for (const id of sorted) if (kept === 0 || id !== sorted[kept - 1]) sorted[kept++] = id
  return sorted.subarray(0, kept)
}

/**
 * Saves the ids of a list, and answers what points to them.
 * @param ids sorted, each once
 * @throws {StateError}
 */
export async function saveChunks(
  documents: Documents,
  exportId: string,
  list: Omit<List, 'total' | 'firstIds'>,
  ids: Float64Array
): Promise<List> {
  const starts = Array.from({ length: Math.ceil(ids.length / CHUNK) }, (_, index) => index * CHUNK)
  const limit = pLimit(4)
  await Promise.all(
    starts.map((start, index) =>
      limit(() => {
        const chunk = { ids: [...ids.subarray(start, start + CHUNK)] }
        return documents.save('worklistPages', chunkPath(exportId, list, index), chunk)
      })
    )
  )
  return { ...list, total: ids.length, firstIds: starts.map((start) => ids[start] ?? 0) }
}

/**
 * The ids of a list within a range, at most `most`.
 * @returns the ids, and where the next slice starts: the id after them, or the end of the range
 * @throws {StateError} {@link LostDocumentError}
 */
export async function listedIds(
  engine: Pick<Dependencies, 'documents' | 'clock'>,
  exportId: string,
  list: List,
  range: Range,
  most: number
): Promise<{ ids: number[]; to: number }> {
  const ids: number[] = []
  const last = findLastIndex((id) => id <= range.from, list.firstIds)
  for (let index = Math.max(0, last); index < list.firstIds.length; index++) {
    const first = list.firstIds[index] ?? 0
    if (first >= range.to) break
    if (ids.length === most) return { ids, to: first }
    const chunk = await readWritten(
      engine,
      'worklistPages',
      chunkPath(exportId, list, index),
      chunkSchema
    )
    for (const id of chunk.ids) {
      if (id < range.from || id >= range.to) continue
      if (ids.length === most) return { ids, to: id }
      ids.push(id)
    }
  }
  return { ids, to: range.to }
}

/** Which waiting export is answered by which running one. */
export function coalesced(plans: ReadonlyMap<string, Plan>): Map<string, string> {
  const pairs = [...plans].flatMap(([exportId, plan]) =>
    plan.covers
      // Two workers may have planned at once, each covering the other's: then both run, or neither would.
      .filter((covered) => !plans.has(covered))
      .map((covered): [string, string] => [covered, exportId])
  )
  return new Map(pairs)
}
