import { z } from 'zod'

import type { Documents } from '../state/documents'
import { walkKept } from '../state/keptDocuments'
import { type Entry, entriesSchema } from './entry'

/** All that is known of what Intershop was told, by ascending SKU ids, flat in memory. @throws {StateError} */
export const walkLedger = (documents: Documents): AsyncGenerator<readonly [number, Entry[]]> =>
  walkKept(documents, 'ledger', entriesSchema)

const COUNTED = 'counted'
/** To count them takes a walk through the whole ledger. */
const COUNTED_FOR_MS = 30 * 60_000

const positivesSchema = z.object({
  v: z.literal(1),
  /** UTC milliseconds. */
  countedAt: z.number(),
  /** Stamp of the newest delivery that the count knew. */
  upTo: z.number(),
  /** By seller. */
  positive: z.record(z.string(), z.number()),
})

/** How many offers of each seller Intershop was selling, by seller, after which delivery. */
export interface Positives {
  /** Its stamp. */
  upTo: number
  bySeller: ReadonlyMap<string, number>
}

/**
 * @param highWater stamp of the newest delivery; what is told now has a greater one
 * @param now UTC milliseconds
 * @throws {StateError}
 */
export async function positives(
  documents: Documents,
  highWater: number,
  now: number
): Promise<Positives> {
  const { data } = positivesSchema.safeParse(await documents.read('positives', COUNTED))
  if (data && Math.abs(now - data.countedAt) < COUNTED_FOR_MS) {
    return { upTo: data.upTo, bySeller: new Map(Object.entries(data.positive)) }
  }
  const bySeller = new Map<string, number>()
  for await (const [, entries] of walkLedger(documents)) {
    for (const { sellerId, quantity } of entries) {
      if (quantity > 0) bySeller.set(sellerId, (bySeller.get(sellerId) ?? 0) + 1)
    }
  }
  const positive = Object.fromEntries(bySeller)
  await documents.save('positives', COUNTED, { v: 1, countedAt: now, upTo: highWater, positive })
  return { upTo: highWater, bySeller }
}
