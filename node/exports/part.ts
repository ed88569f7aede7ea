import { partition } from 'ramda'
import { z } from 'zod'

import { offerIdentity } from '../offers/identity'
import { type Failure, type MappedOffer, noOffers, type OfferCounts } from '../offers/stockOffer'
import type { Settings } from '../settings/settings'
import type { ReadOffer } from '../sources/source'

const offer = z.object({
  skuId: z.number(),
  sellerId: z.string(),
  offerSku: z.string(),
  quantity: z.number().int().nonnegative(),
  observedAt: z.number(),
  supplier: z.object({ name: z.string(), sku: z.string().optional() }).optional(),
})

const failure = z.object({
  skuId: z.number().optional(),
  rowId: z.number().optional(),
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

/** Where the next slice goes on, of a source that is read by pages; absent at its end. */
const cursor = z.object({
  query: z.number(),
  page: z.string().optional(),
  rowIds: z.array(z.number()).optional(),
  before: z.array(z.number()).optional(),
  steps: z.number(),
  mark: z.string().optional(),
})

const outcome = {
  v: z.literal(1),
  /** SKUs that were read or, where a source is read by pages, rows. */
  skus: z.number().int(),
  cursor: cursor.optional(),
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
  ...(part.cursor && { cursor: part.cursor }),
  counts: part.counts,
  failures: part.failures.slice(0, NAMED_FAILURES),
  unmapped: part.unmapped.slice(0, NAMED_FAILURES),
  files,
  traffic,
  deliveredAt,
})

/** Counts with a few fields set, `processed` being their sum. */
export function counted(fields: Partial<Omit<OfferCounts, 'processed'>>): OfferCounts {
  const processed = Object.values(fields).reduce((sum, count) => sum + count, 0)
  return { ...noOffers, ...fields, processed }
}

/** What a slice found, before its offers have their names in Intershop. */
interface Found {
  /** SKUs or rows. */
  read: number
  offers: readonly ReadOffer[]
  failures: readonly Failure[]
  unmapped: readonly Failure[]
}

/** The part that a slice comes to. */
export function partOf({ read, offers, failures, unmapped }: Found, settings: Settings): Part {
  const named = offers.map((offer) => nameOffer(offer, settings))
  const [mapped, nameless] = partition((entry): entry is MappedOffer => 'offerSku' in entry, named)
  return {
    v: 1,
    skus: read,
    counts: counted({
      sent: mapped.length,
      unmapped: unmapped.length + nameless.length,
      failed: failures.length,
    }),
    offers: mapped,
    failures: [...failures],
    unmapped: [...unmapped, ...nameless],
  }
}

function nameOffer(offer: ReadOffer, settings: Settings): MappedOffer | Failure {
  const { skuId, rowId, sellerId, quantity, observedAt, supplier } = offer
  const identity = offerIdentity(offer, sellerId, settings.skuIdentifier, settings.offerSku)
  return 'offerSku' in identity
    ? { skuId, sellerId, quantity, observedAt, supplier, offerSku: identity.offerSku }
    : { skuId, rowId, sellerId, code: 'unmapped', message: identity.unmapped }
}
