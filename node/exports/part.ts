import { z } from 'zod'
import { errorCodeSchema } from '../common/errorCodes'
import { offerIdentity, spellingOf } from '../offers/offerSku'
import {
  type Failure,
  type MappedOffer,
  noOffers,
  type OfferCounts,
  type OfferName,
  offerKey,
} from '../offers/stockOffer'
import type { Started } from '../published/entry'
import type { Settings } from '../settings/settings'
import { pageCursor, type ReadOffer } from '../sources/source'
import type { Zeroed } from './names'

const offerName = z.object({ skuId: z.number(), sellerId: z.string(), offerSku: z.string() })

const drifted = z.object({
  skuId: z.number(),
  sellerId: z.string(),
  lastSent: z.number(),
  found: z.number(),
})

/** An offer of which Intershop was told another quantity than it has, though no change was reported. */
export type Drifted = z.infer<typeof drifted>

/** Offers that are set to 0 and were more, as far as anybody knows. */
const zeroed = z.object({ read: z.number(), removed: z.number(), renamed: z.number() })

export type ZeroedCounts = z.infer<typeof zeroed>

export const noneZeroed: ZeroedCounts = { read: 0, removed: 0, renamed: 0 }

export const noneGuarded: Zeroed = { own: 0, centra: 0, sellers: 0 }

const failure = z.object({
  skuId: z.number().optional(),
  rowId: z.number().optional(),
  sellerId: z.string().optional(),
  code: errorCodeSchema,
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
  /** SKUs that were read or, where a source is read by pages, rows. */
  skus: z.number().int(),
  /** Where the next slice goes on, of a source that is read by pages; absent at its end. */
  cursor: pageCursor.optional(),
  counts,
  failures: z.array(failure),
  unmapped: z.array(failure),
  zeroed,
  /** Kept back by a guard. */
  held: z.array(offerName),
  drifted: z.array(drifted),
  /** Whose offers it speaks of, also of those that could not be read. */
  sellers: z.array(z.string()),
  /** SKU ids that nobody vouched for and that VTEX does not know. */
  unknown: z.array(z.number()).optional(),
  /** Fields that are not used, of which some value was of another type than documented. */
  unexpectedFields: z.array(z.string()).optional(),
}

/** What a slice found. */
export interface Part extends z.infer<z.ZodObject<typeof outcome>> {
  offers: MappedOffer[]
  /** Names of offers that are gone, or have another one, by which another offer was sent: nothing is said of them. */
  taken: OfferName[]
  /** Offers, of this part or of others, that have the names of its offers, too. */
  rivals: Array<Pick<OfferName, 'skuId' | 'sellerId'>>
  /** Offers of each source that are newly 0 or removed. */
  guarded: Zeroed
}

/** What became of a part; enough for reports, without its offers. */
export const deliverySchema = z.object({
  ...outcome,
  drift: z.number(),
  /** Of a dry run: what it came by. */
  told: z.array(z.string()).optional(),
  files: z.array(z.string()),
  /** How the worker got on with each upstream, when it had delivered. */
  traffic: z.record(z.string(), z.unknown()),
  /** UTC milliseconds. */
  deliveredAt: z.number(),
})

export type DeliveryDocument = z.infer<typeof deliverySchema>

/** A report names so many of each kind; the parts have them all. */
export const NAMED = 100

export const deliveryDocument = (
  part: Part,
  files: string[],
  traffic: Record<string, unknown>,
  deliveredAt: number,
  dry: boolean
): DeliveryDocument => ({
  v: 1,
  skus: part.skus,
  ...(part.cursor && { cursor: part.cursor }),
  counts: part.counts,
  failures: part.failures,
  unmapped: part.unmapped.slice(0, NAMED),
  zeroed: part.zeroed,
  held: part.held.slice(0, NAMED),
  drift: part.drifted.length,
  drifted: part.drifted.slice(0, NAMED),
  sellers: part.sellers,
  ...(dry && { told: [...part.offers, ...part.held, ...sharedIn(part)].map(offerKey) }),
  ...(part.unknown && { unknown: part.unknown }),
  ...(part.unexpectedFields && { unexpectedFields: part.unexpectedFields }),
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
  removed?: readonly MappedOffer[]
  failures: readonly Failure[]
  unmapped: readonly Failure[]
  unknown?: readonly number[]
  unexpectedFields?: string[]
}

/** The part that a slice comes to. */
export function partOf(found: Found, settings: Settings): Part {
  const { read, offers, removed = [], failures, unmapped } = found
  const { unknown = [], unexpectedFields = [] } = found
  const named = offers.map((offer) => nameOffer(offer, settings))
  const known = named.flatMap((entry) => ('offerSku' in entry ? [entry] : []))
  const nameless = named.flatMap((entry) => ('offerSku' in entry ? [] : [entry]))
  const mapped = [...known, ...removed]
  const all = [...offers, ...removed, ...failures, ...unmapped]
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
    zeroed: noneZeroed,
    guarded: noneGuarded,
    ...(unknown.length > 0 && { unknown: [...unknown] }),
    held: [],
    taken: [],
    rivals: [],
    drifted: [],
    sellers: [...new Set(all.flatMap(({ sellerId }) => sellerId ?? []))],
    ...(unexpectedFields.length > 0 && { unexpectedFields }),
  }
}

/** The code of an offer whose SKU is known and gives it no name. */
export const NAMELESS = 'unmapped'

/** The code of an offer whose name another one has, too. */
export const SHARED = 'ambiguous'

/** The offers of a part whose names others have, too. */
export const sharedIn = ({ unmapped }: Pick<Part, 'unmapped'>) =>
  unmapped.flatMap(({ skuId, sellerId, code }) =>
    code === SHARED && skuId !== undefined && sellerId !== undefined ? [{ skuId, sellerId }] : []
  )

/**
 * What a part does to what Intershop holds.
 * @param publishedUnder settings and workspace
 */
export function startedOf(
  part: Pick<Part, 'offers' | 'held' | 'taken' | 'rivals' | 'unmapped'>,
  publishedUnder: string
): Started {
  const { offers, held, taken, rivals } = part
  const sent = offers.map(({ why, ...offer }) => ({ ...offer, isGone: why !== undefined }))
  return { sent, held, shared: [...sharedIn(part), ...rivals], taken, publishedUnder }
}

function nameOffer(offer: ReadOffer, settings: Settings): MappedOffer | Failure {
  const { skuId, rowId, sellerId, quantity, observedAt, supplier } = offer
  const identity = offerIdentity(offer, sellerId, settings.skuIdentifier, settings.offerSku)
  if (!('offerSku' in identity)) {
    return { skuId, rowId, sellerId, code: NAMELESS, message: identity.unmapped }
  }
  const { offerSku } = identity
  const spelling = spellingOf(offer, settings.skuIdentifier)
  const spelled = spelling === spelling?.trim() ? undefined : spelling
  return { skuId, rowId, sellerId, quantity, observedAt, supplier, offerSku, spelled }
}
