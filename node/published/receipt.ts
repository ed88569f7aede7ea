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

const unsent = z.codec(z.tuple([z.number(), z.string()]), z.custom<UnsentOffer>(), {
  decode: ([skuId, sellerId]) => ({ skuId, sellerId }),
  encode: ({ skuId, sellerId }): [number, string] => [skuId, sellerId],
})

const taken = z.codec(z.tuple([z.number(), z.string(), z.string()]), z.custom<OfferName>(), {
  decode: ([skuId, sellerId, offerSku]) => ({ skuId, sellerId, offerSku }),
  encode: ({ skuId, sellerId, offerSku }): [number, string, string] => [skuId, sellerId, offerSku],
})

/** SKU id, seller, offer SKU, quantity; then 1 for what is gone, and the row. */
const storedSent = z.tuple([
  z.number(),
  z.string(),
  z.string(),
  z.number(),
  z.number().optional(),
  z.number().nullish(),
])

const sent = z.codec(storedSent, z.custom<SentOffer>(), {
  decode: ([skuId, sellerId, offerSku, quantity, gone, rowId]) => ({
    ...{ skuId, sellerId, offerSku, quantity, isGone: gone === 1 },
    ...(typeof rowId === 'number' && { rowId }),
  }),
  encode: ({ skuId, sellerId, offerSku, quantity, isGone, rowId }): z.infer<typeof storedSent> =>
    isGone || rowId !== undefined
      ? [skuId, sellerId, offerSku, quantity, isGone ? 1 : 0, rowId]
      : [skuId, sellerId, offerSku, quantity],
})

const startedSchema = z.object({
  v: z.literal(1),
  sent: z.array(sent),
  /** Offers whose 0 it holds back. */
  held: z.array(unsent),
  /** Held offers that are no longer held, and keep what was sent last. */
  dismissed: z.array(unsent).optional(),
  /** Offers whose offer SKU another one has, too. */
  shared: z.array(unsent),
  /** Former offer SKUs that are another offer's now: they say nothing of these offers any more. */
  taken: z.array(taken),
  /** Settings hash and workspace. */
  under: z.string(),
})

/** What a batch does to what Intershop holds. */
export interface Started extends Omit<z.output<typeof startedSchema>, 'v' | 'under'> {
  publishedUnder: string
}

export const startedDocument = ({ publishedUnder: under, dismissed, ...lists }: Started) =>
  z.encode(startedSchema, { v: 1, ...lists, ...(dismissed?.length && { dismissed }), under })

/** Undefined for a document that is lost or cannot be understood. */
export function parseStarted(document: unknown): Started | undefined {
  const { data } = startedSchema.safeParse(document)
  return data && { ...data, publishedUnder: data.under }
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
