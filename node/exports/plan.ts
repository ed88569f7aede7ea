import pLimit from 'p-limit'
import { findLastIndex } from 'ramda'
import { z } from 'zod'

import type { Documents } from '../state/documents'
import type { Engine } from './engine'
import type { Range } from './names'
import { readSaved } from './readSaved'

/** SKU ids in one chunk document. */
const CHUNK = 10_000

export const planSchema = z.object({
  v: z.literal(1),
  exportId: z.string(),
  nonce: z.string(),
  /** UTC milliseconds. */
  startedAt: z.number(),
  total: z.number().int(),
  /** The first id of each chunk; the chunks are sorted and hold every id once. */
  firstIds: z.array(z.number()),
  /** Exports that this one also answers. */
  covers: z.array(z.string()),
  /** All SKUs there are, and not only those that changed. */
  everything: z.boolean(),
  /** Names of the pending changes that it exports. */
  consumes: z.array(z.string()),
  /** What a reader of the report should know. */
  notes: z.array(z.string()),
})

/** The SKU ids that an export will read, in documents of their own; this one says where. */
export type Plan = z.infer<typeof planSchema>

const chunkSchema = z.object({
  ids: z.array(z.number()),
  /** SKU ids, and when each was last modified. */
  modified: z.array(z.tuple([z.number(), z.number()])),
})

const chunkPath = (plan: Pick<Plan, 'exportId' | 'nonce'>, index: number) =>
  `${plan.exportId}/${plan.nonce}/${index}`

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
 * Saves the ids of a plan, then what points to them. Only then is there a plan.
 * @param ids sorted, each once
 * @param modifiedAt when a SKU was last modified, UTC milliseconds; 0 where nothing is known
 */
export async function savePlan(
  documents: Documents,
  plan: Omit<Plan, 'v' | 'total' | 'firstIds'>,
  ids: Float64Array,
  modifiedAt: (skuId: number) => number,
  path: string
): Promise<Plan> {
  const starts = Array.from({ length: Math.ceil(ids.length / CHUNK) }, (_, index) => index * CHUNK)
  const limit = pLimit(4)
  await Promise.all(
    starts.map((start, index) =>
      limit(() => {
        const chunk = [...ids.subarray(start, start + CHUNK)]
        const modified = chunk.map((id) => [id, modifiedAt(id)]).filter(([, at]) => at !== 0)
        return documents.save('chunks', chunkPath(plan, index), { ids: chunk, modified })
      })
    )
  )
  const firstIds = starts.map((start) => ids[start] ?? 0)
  const saved: Plan = { v: 1, ...plan, total: ids.length, firstIds }
  await documents.save('plans', path, saved)
  return saved
}

/**
 * The ids of a plan within a range, at most `most`.
 * @returns the ids, when some of them were modified, and where the next slice starts: the id after them, or
 *   the end of the range
 * @throws {StateError} {@link LostDocumentError}
 */
export async function plannedIds(
  engine: Pick<Engine, 'documents' | 'clock'>,
  plan: Plan,
  range: Range,
  most: number
): Promise<{ ids: number[]; modified: Map<number, number>; to: number }> {
  const ids: number[] = []
  const modified = new Map<number, number>()
  const last = findLastIndex((id) => id <= range.from, plan.firstIds)
  for (let index = Math.max(0, last); index < plan.firstIds.length; index++) {
    if ((plan.firstIds[index] ?? 0) >= range.to) break
    const chunk = await readSaved(engine, 'chunks', chunkPath(plan, index), chunkSchema)
    for (const [id, at] of chunk.modified) modified.set(id, at)
    for (const id of chunk.ids) {
      if (id < range.from || id >= range.to) continue
      if (ids.length === most) return { ids, modified, to: id }
      ids.push(id)
    }
  }
  return { ids, modified, to: range.to }
}
