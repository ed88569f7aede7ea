import { z } from 'zod'

import { noOffers, type OfferCounts } from '../offers/stockOffer'
import type { PartName } from './names'

const offer = z.object({
  skuId: z.number(),
  sellerId: z.string(),
  offerSku: z.string(),
  quantity: z.number().int().nonnegative(),
  observedAt: z.number(),
})

const failure = z.object({
  skuId: z.number(),
  sellerId: z.string().optional(),
  code: z.string(),
  message: z.string(),
})

const counts = z.object({
  processed: z.number(),
  sent: z.number(),
  unchanged: z.number(),
  held: z.number(),
  filtered: z.number(),
  unmapped: z.number(),
  failed: z.number(),
})

const outcome = {
  v: z.literal(1),
  skus: z.number().int(),
  counts,
  failures: z.array(failure),
  unmapped: z.array(failure),
}

/** What a slice found. It is delivered from this document and never from a new read. */
export const partSchema = z.object({ ...outcome, offers: z.array(offer) })

export type Part = z.infer<typeof partSchema>

/** What became of a part; enough for reports, without its offers. */
export const deliverySchema = z.object({
  ...outcome,
  files: z.array(z.string()),
  /** How the worker got on with each upstream, when it had delivered. */
  traffic: z.record(z.string(), z.unknown()),
  /** UTC milliseconds. */
  deliveredAt: z.number(),
})

export type DeliveryDocument = z.infer<typeof deliverySchema>

/** A report names so many failures; the parts have them all. */
const NAMED_FAILURES = 100

export const deliveryDocument = (
  part: Part,
  files: string[],
  traffic: Record<string, unknown>,
  deliveredAt: number
): DeliveryDocument => ({
  v: 1,
  skus: part.skus,
  counts: part.counts,
  failures: part.failures.slice(0, NAMED_FAILURES),
  unmapped: part.unmapped.slice(0, NAMED_FAILURES),
  files,
  traffic,
  deliveredAt,
})

/** A part under its name. */
export interface NamedPart {
  name: PartName
  part: Part
}

/** Counts with a few fields set, `processed` being their sum. */
export function counted(fields: Partial<Omit<OfferCounts, 'processed'>>): OfferCounts {
  const processed = Object.values(fields).reduce((sum, count) => sum + count, 0)
  return { ...noOffers, ...fields, processed }
}
