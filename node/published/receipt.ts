import { z } from 'zod'

import type { PublishedBatch, Started } from './entry'

/** A batch that sent or held offers, as its documents' names tell. */
export interface Receipt extends PublishedBatch {
  /** Tells batches apart. */
  id: string
  /** Name of the document `started`, which says what was about to be sent. */
  path(): string
  /** The lowest and the highest of its SKU ids. */
  firstSku: number
  lastSku: number
  /** How many offers it names. */
  offers: number
}

const startedSchema = z.object({
  v: z.literal(1),
  /** SKU id, seller, offer SKU, quantity; then 1 for what is gone, and the row. */
  sent: z.array(
    z.tuple([
      z.number(),
      z.string(),
      z.string(),
      z.number(),
      z.number().optional(),
      z.number().nullish(),
    ])
  ),
  held: z.array(z.tuple([z.number(), z.string()])),
  dismissed: z.array(z.tuple([z.number(), z.string()])).optional(),
  shared: z.array(z.tuple([z.number(), z.string()])),
  taken: z.array(z.tuple([z.number(), z.string(), z.string()])),
  under: z.string(),
})

export type StartedDocument = z.infer<typeof startedSchema>

export const startedDocument = (started: Started): StartedDocument => ({
  v: 1,
  sent: started.sent.map(({ skuId, sellerId, offerSku, quantity, isGone, rowId }) =>
    isGone || rowId !== undefined
      ? [skuId, sellerId, offerSku, quantity, isGone ? 1 : 0, rowId]
      : [skuId, sellerId, offerSku, quantity]
  ),
  held: started.held.map(({ skuId, sellerId }) => [skuId, sellerId]),
  ...(started.dismissed?.length && {
    dismissed: started.dismissed.map(({ skuId, sellerId }) => [skuId, sellerId]),
  }),
  shared: started.shared.map(({ skuId, sellerId }) => [skuId, sellerId]),
  taken: started.taken.map(({ skuId, sellerId, offerSku }) => [skuId, sellerId, offerSku]),
  under: started.publishedUnder,
})

/** Undefined for a document that is lost or cannot be understood. */
export function parseStarted(document: unknown): Started | undefined {
  const { data } = startedSchema.safeParse(document)
  return (
    data && {
      sent: data.sent.map(([skuId, sellerId, offerSku, quantity, gone, rowId]) => ({
        ...{ skuId, sellerId, offerSku, quantity, isGone: gone === 1 },
        ...(typeof rowId === 'number' && { rowId }),
      })),
      held: data.held.map(([skuId, sellerId]) => ({ skuId, sellerId })),
      ...(data.dismissed && {
        dismissed: data.dismissed.map(([skuId, sellerId]) => ({ skuId, sellerId })),
      }),
      shared: data.shared.map(([skuId, sellerId]) => ({ skuId, sellerId })),
      taken: data.taken.map(([skuId, sellerId, offerSku]) => ({ skuId, sellerId, offerSku })),
      publishedUnder: data.under,
    }
  )
}
