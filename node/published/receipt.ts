import { z } from 'zod'
import type { OfferName } from '../offers/stockOffer'

/** A batch that sent or held offers, as its documents' names tell. */
export interface Receipt {
  /** Tells batches apart. */
  id: string
  version: number
  /** The newest version that was known when its reading began. */
  readAfter: number
  isCommitted: boolean
  /** Name of the document `started`, which says what was about to be sent. */
  path(): string
  /** The lowest and the highest of its SKU ids. */
  firstSku: number
  lastSku: number
  /** How many offers it names. */
  offers: number
}

/** An offer as a batch is about to send it. */
export interface SentOffer extends OfferName {
  quantity: number
  rowId?: number | undefined
  /** Its SKU, binding, row or offer SKU is gone: once it is 0, nothing is left to remember. */
  isGone: boolean
}

/** An offer that a batch does not send. */
export type UnsentOffer = Pick<OfferName, 'skuId' | 'sellerId'>

const storedUnsent = z.tuple([z.number(), z.string()])

const storedTaken = z.tuple([z.number(), z.string(), z.string()])

/** SKU id, seller, offer SKU, quantity; then 1 for what is gone, and the row. */
const storedSent = z.tuple([
  z.number(),
  z.string(),
  z.string(),
  z.number(),
  z.number().optional(),
  z.number().nullish(),
])

const startedSchema = z.object({
  v: z.literal(1),
  sent: z.array(storedSent),
  held: z.array(storedUnsent),
  dismissed: z.array(storedUnsent).optional(),
  shared: z.array(storedUnsent),
  taken: z.array(storedTaken),
  /** Settings hash and workspace. */
  under: z.string(),
})

/** What a batch does to what Intershop holds. */
export interface Started {
  sent: SentOffer[]
  /** Offers whose 0 it holds back. */
  held: UnsentOffer[]
  /** Held offers that are no longer held, and keep what was sent last. */
  dismissed?: UnsentOffer[] | undefined
  /** Offers whose offer SKU another one has, too. */
  shared: UnsentOffer[]
  /** Former offer SKUs that are another offer's now: they say nothing of these offers any more. */
  taken: OfferName[]
  publishedUnder: string
}

type Stored = z.infer<typeof startedSchema>

export function startedDocument(started: Started): Stored {
  const unsent = ({ skuId, sellerId }: UnsentOffer): [number, string] => [skuId, sellerId]
  const { sent, held, dismissed, shared, taken, publishedUnder: under } = started
  return {
    v: 1,
    sent: sent.map(({ skuId, sellerId, offerSku, quantity, isGone, rowId }) =>
      isGone || rowId !== undefined
        ? [skuId, sellerId, offerSku, quantity, isGone ? 1 : 0, rowId]
        : [skuId, sellerId, offerSku, quantity]
    ),
    held: held.map(unsent),
    ...(dismissed?.length && { dismissed: dismissed.map(unsent) }),
    shared: shared.map(unsent),
    taken: taken.map(({ skuId, sellerId, offerSku }) => [skuId, sellerId, offerSku]),
    under,
  }
}

/** Undefined for a document that is lost or cannot be understood. */
export function parseStarted(document: unknown): Started | undefined {
  const { data } = startedSchema.safeParse(document)
  if (!data) return undefined
  const unsent = ([skuId, sellerId]: [number, string]) => ({ skuId, sellerId })
  return {
    sent: data.sent.map(([skuId, sellerId, offerSku, quantity, gone, rowId]) => ({
      ...{ skuId, sellerId, offerSku, quantity, isGone: gone === 1 },
      ...(typeof rowId === 'number' && { rowId }),
    })),
    held: data.held.map(unsent),
    dismissed: data.dismissed?.map(unsent),
    shared: data.shared.map(unsent),
    taken: data.taken.map(([skuId, sellerId, offerSku]) => ({ skuId, sellerId, offerSku })),
    publishedUnder: data.under,
  }
}

/** What a batch did, SKU by SKU. */
export function bySku(
  { sent, held, dismissed = [], shared, taken, publishedUnder }: Started,
  isWanted: (skuId: number) => boolean
): Map<number, Started> {
  const groups = new Map<number, Required<Started>>()
  const groupOf = (skuId: number) => {
    const group = groups.get(skuId) ?? {
      ...{ sent: [], held: [], dismissed: [], shared: [], taken: [], publishedUnder },
    }
    groups.set(skuId, group)
    return group
  }
  for (const each of sent) if (isWanted(each.skuId)) groupOf(each.skuId).sent.push(each)
  for (const each of taken) if (isWanted(each.skuId)) groupOf(each.skuId).taken.push(each)
  const unsent = { held, dismissed, shared }
  for (const list of ['held', 'dismissed', 'shared'] as const) {
    for (const each of unsent[list]) if (isWanted(each.skuId)) groupOf(each.skuId)[list].push(each)
  }
  return groups
}
