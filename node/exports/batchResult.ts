import { omit, sum } from 'ramda'
import { z } from 'zod'
import { errorCodeSchema } from '../common/errors'
import { unpublishable } from '../delivery/iomSftp'
import { offerIdentity, spellingOf } from '../offers/offerSku'
import {
  type Failure,
  type MappedOffer,
  noOffers,
  type OfferCounts,
  type OfferName,
  offerKey,
} from '../offers/stockOffer'
import type { Started } from '../published/receipt'
import { type Settings, settingsHashOf } from '../settings/settings'
import { type PagesReading, pageCursor, type ReadOffer, type RowsReading } from '../sources/source'
import type { Zeroed } from './documentNames'
import { drifted, drop, failure, offerName, offers, zeroed } from './exportAnswers'

// What is read from documents is checked less strictly than answers: no odd number makes a batch unreadable.
const number = z.number()

export const failureSchema = failure.extend({ rowId: number.optional(), code: errorCodeSchema })

export const noneZeroed = { read: 0, removed: 0, renamed: 0 }
export const noneNewlyZero: Zeroed = { own: 0, centra: 0, sellers: 0 }

/** A committed batch: what reports need, without its offers. */
export const committedSchema = z.object({
  v: z.literal(1),
  /** SKUs that were read; rows if the source is read by pages. */
  skus: z.number().int(),
  /** Where the next batch continues in a source that is read by pages; absent at its end. */
  cursor: pageCursor.optional(),
  counts: offers,
  failures: z.array(failureSchema),
  unmapped: z.array(failureSchema),
  zeroed,
  held: z.array(offerName),
  /** Offers of which the published quantity differs, although VTEX reported no change. */
  drifted: z.array(drifted.extend({ lastSent: number, found: number })),
  /** Sellers of all its offers, also of those that could not be read. */
  sellers: z.array(z.string()),
  /** Unverified SKU ids that VTEX does not know. */
  unknown: z.array(z.number()).optional(),
  /** Unused fields in which a value had another type than documented. */
  unexpectedFields: z.array(z.string()).optional(),
  drift: z.number(),
  /** The keys of all offers that a dry run read. */
  seenInDryRun: z.array(z.string()).optional(),
  files: z.array(z.string()),
  /** What lay in the drop before the batch was published. */
  drop: drop.extend({ oldestAgeSeconds: number.optional(), observedAt: number }).optional(),
  /** The worker's request statistics per upstream at the time of the commit. */
  traffic: z.record(z.string(), z.unknown()),
  /** UTC milliseconds. */
  deliveredAt: z.number(),
})

export type CommittedDocument = z.infer<typeof committedSchema>

type OfCommit = 'drift' | 'seenInDryRun' | 'files' | 'drop' | 'traffic' | 'deliveredAt'

/** The result of reading a batch. */
export interface BatchResult extends Omit<CommittedDocument, OfCommit> {
  offers: MappedOffer[]
  /** Former offer SKUs of removed or renamed offers under which another offer was sent: they are not set to 0. */
  taken: OfferName[]
  /** Offers, of any batch, that have the offer SKU of an offer in this one. */
  nameConflicts: Array<Pick<OfferName, 'skuId' | 'sellerId'>>
  /** Newly zero offers that keep what was sent last: they were dismissed. */
  dismissed?: Array<Pick<OfferName, 'skuId' | 'sellerId'>>
  /** How many more offers of each source are held after it. */
  heldChange?: Zeroed
  /** How many offers of each source are newly 0 or removed. */
  newlyZero: Zeroed
}

/** The most items of each kind that a report lists. */
export const MAX_LISTED = 100

export function committedDocument(
  part: BatchResult,
  of: Pick<CommittedDocument, 'files' | 'traffic' | 'deliveredAt'>,
  dry: boolean
): CommittedDocument {
  const { offers, unmapped, held, dismissed = [], drifted } = part
  const seen = dry ? [...offers, ...held, ...dismissed, ...sharedIn(part)] : []
  return {
    ...omit(['offers', 'taken', 'nameConflicts', 'dismissed', 'heldChange', 'newlyZero'], part),
    unmapped: unmapped.slice(0, MAX_LISTED),
    held: held.slice(0, MAX_LISTED),
    drift: drifted.length,
    drifted: drifted.slice(0, MAX_LISTED),
    ...(dry && { seenInDryRun: seen.map(offerKey) }),
    ...of,
  }
}

/** The document of a batch whose import failed in Intershop: all its offers count as failed. @param code of Intershop */
export function failedDocument(
  committed: CommittedDocument,
  sent: Started['sent'],
  code: string
): CommittedDocument {
  const message = `Intershop did not import it: ${code}`
  const failed = sent.map(({ skuId, rowId, sellerId }): Failure => {
    return { skuId, rowId, sellerId, code: 'icm_import', message }
  })
  const failures = [...committed.failures, ...failed]
  const { counts } = committed
  const moved = { sent: counts.sent - failed.length, failed: counts.failed + failed.length }
  return { ...committed, counts: { ...counts, ...moved }, failures, zeroed: noneZeroed }
}

/** Counts with some fields set; `processed` is their sum. */
export function counted(fields: Partial<Omit<OfferCounts, 'processed'>>): OfferCounts {
  return { ...noOffers, ...fields, processed: sum(Object.values(fields)) }
}

/** What a batch read, before its offers have their offer SKUs. */
interface Found extends RowsReading, Partial<Pick<PagesReading, 'unexpectedFields' | 'cursor'>> {
  /** SKUs or rows. */
  read: number
  removed?: MappedOffer[]
  unknown?: number[]
}

/** Gives each offer its offer SKU and counts the outcome. */
export function batchResultOf(found: Found, settings: Settings): BatchResult {
  const { read, removed = [], failures, unknown = [], unexpectedFields = [], cursor } = found
  const known: MappedOffer[] = []
  const unmapped = [...found.unmapped]
  for (const offer of found.offers) {
    const named = nameOffer(offer, settings)
    if ('offerSku' in named) known.push(named)
    else unmapped.push(named)
  }
  const offers = [...known, ...removed]
  const sellers = [...offers, ...failures, ...unmapped].flatMap(({ sellerId }) => sellerId ?? [])
  const counts = { sent: offers.length, unmapped: unmapped.length, failed: failures.length }
  return {
    ...{ v: 1, skus: read, counts: counted(counts), sellers: [...new Set(sellers)] },
    ...{ offers, failures, unmapped, held: [], taken: [], nameConflicts: [], drifted: [] },
    ...{ zeroed: noneZeroed, newlyZero: noneNewlyZero },
    ...(unknown.length > 0 && { unknown }),
    ...(unexpectedFields.length > 0 && { unexpectedFields }),
    ...(cursor && { cursor }),
  }
}

/** The code of an offer whose SKU gives it no offer SKU. */
export const NAMELESS = 'unmapped'
/** The code of an offer whose offer SKU another one has too. */
export const SHARED = 'ambiguous'

/** The offers of a batch whose offer SKU another one has too. */
const sharedIn = ({ unmapped }: Pick<BatchResult, 'unmapped'>) =>
  offersIn(unmapped.filter(({ code }) => code === SHARED))

/** The offers that failures concern, where both SKU and seller are known. */
export const offersIn = (failures: readonly Failure[]) =>
  failures.flatMap(({ skuId, sellerId }) =>
    skuId === undefined || sellerId === undefined ? [] : [{ skuId, sellerId }]
  )

/** Identifies settings and workspace: entries of others do not show what these sent. */
export const publishedUnder = (settings: Settings, { workspace }: { workspace: string }) =>
  `${settingsHashOf(settings)}@${workspace}`

/** What a batch is about to change in the ledger. */
export function startedOf(
  part: Pick<BatchResult, 'offers' | 'held' | 'dismissed' | 'taken' | 'nameConflicts' | 'unmapped'>,
  publishedUnder: string
): Started {
  const { offers, held, dismissed, taken, nameConflicts } = part
  const sent = offers.map(({ skuId, rowId, sellerId, offerSku, quantity, why }) => {
    return { skuId, rowId, sellerId, offerSku, quantity, isGone: why !== undefined }
  })
  const shared = [...sharedIn(part), ...nameConflicts]
  return { sent, held, dismissed, shared, taken, publishedUnder }
}

function nameOffer(offer: ReadOffer, settings: Settings): MappedOffer | Failure {
  const { skuId, rowId, sellerId, quantity, observedAt, supplier } = offer
  const identity = offerIdentity(offer, sellerId, settings.skuIdentifier, settings.offerSku)
  if (!('offerSku' in identity)) {
    return { skuId, rowId, sellerId, code: NAMELESS, message: identity.unmapped }
  }
  const { offerSku } = identity
  const unfit = unpublishable({ sellerId, offerSku }, settings)
  if (unfit) return { skuId, rowId, sellerId, code: NAMELESS, message: unfit }
  const spelling = spellingOf(offer, settings.skuIdentifier)
  const spelled = spelling === spelling?.trim() ? undefined : spelling
  return { skuId, rowId, sellerId, quantity, observedAt, supplier, offerSku, spelled }
}
