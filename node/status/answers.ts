import { z } from 'zod'
import {
  count,
  drop,
  error,
  exportId,
  failure,
  moment,
  offerSku,
  openExport,
  schedules,
  sellerId,
  skuId,
  UPSTREAMS,
} from '../exports/exportAnswers'
import { STOCK_SOURCES } from '../sources/source'
import { reasonSchema, STATES } from './health'
import { sellerId as sellerParameter } from './parameters'

// What the routes about state, SKUs and held offers respond. docs/openapi.yaml is generated from these schemas.

const ended = z.object({ exportId, endedAt: moment, ageSeconds: count, durationMs: count })

const bySource = z.record(z.enum(STOCK_SOURCES), count)

/** `GET /status`. */
export const statusAnswer = z.object({
  state: z.enum(STATES),
  reasons: z.array(reasonSchema),
  at: moment,
  version: z.string().describe('Of the app'),
  lastUpdate: ended.nullable().describe('The last successful update'),
  lastFullExport: ended.nullable().describe('The last successful export of everything'),
  nextCalls: z
    .array(z.object({ schedule: z.enum(['update', 'full']), at: moment }))
    .describe('Of each registered schedule the next three, soonest first'),
  timeZone: z
    .literal('UTC (assumed)')
    .describe("Of nextCalls. VTEX does not document its scheduler's time zone"),
  schedules,
  queue: z.object({
    length: count.describe('Exports that have not ended'),
    exports: z.array(openExport).max(32),
  }),
  pending: z
    .object({
      changes: count.describe('Changed SKUs; one that was reported twice may count twice'),
      documents: count,
      isCapped: z.boolean().describe('There are more than counted'),
      oldestAt: moment.optional(),
    })
    .describe('Reported changes that no update has exported yet'),
  held: z.object({ total: count, bySource }).describe('Held offers when the last export ended'),
  drop: drop.optional(),
  lastErrors: z
    .array(error.extend({ upstream: z.enum(UPSTREAMS), at: moment, exportId }))
    .describe('The last error of each upstream, newest first'),
})

const offerState = z.object({
  sellerId,
  offerSku,
  source: z.enum(STOCK_SOURCES).optional().describe('Absent if the seller is not exported'),
  lastSent: z.object({
    quantity: count,
    at: moment,
    isCertain: z.boolean().describe('false: a batch was interrupted; it is sent again'),
    exportId: exportId.optional().describe('Kept for 30 days'),
    files: z.array(z.string()).optional().describe('One of these has the offer; kept for 30 days'),
  }),
  held: z.boolean(),
  heldAt: moment.optional().describe('When its 0 was last held back'),
  dismissed: z.boolean().describe('Keeps the last quantity until its source is above 0 again'),
})

const liveOffer = z.object({
  sellerId,
  offerSku: offerSku.optional(),
  quantity: count.optional().describe('What the source says now; absent if it could not be read'),
  next: z
    .enum(['send', 'unchanged', 'hold', 'unmapped', 'fail'])
    .describe('What the next update that reads this SKU would do'),
  error: error.optional(),
})

/** `GET /skus/:skuId`. */
export const skuAnswer = z.object({
  skuId,
  offers: z.array(offerState).describe('What Intershop was sent last'),
  live: z
    .object({
      at: moment,
      offers: z.array(liveOffer),
      failures: z.array(failure).describe('Failures that concern no single offer'),
    })
    .optional()
    .describe('With ?live=true: what VTEX and Centra say now'),
})

/** `GET /held`. */
export const heldPage = z.object({
  items: z.array(
    z.object({
      skuId,
      sellerId,
      offerSku,
      source: z.enum(STOCK_SOURCES).optional(),
      lastSent: count.describe('What Intershop sells'),
      lastSentAt: moment,
      found: count.describe('What the source said when the offer was held'),
      heldAt: moment,
    })
  ),
  next: count.optional().describe('The value of `before` for the next page: a SKU id'),
})

/** Body of `POST /held/release` and `POST /held/dismiss`: held offers of these sellers, and of these SKUs. */
export const heldSelection = z
  .strictObject({
    sellers: z.array(sellerParameter).min(1).max(100).optional(),
    skus: z.array(skuId).min(1).max(1_000).optional(),
    dryRun: z.boolean().default(false).describe('Only report what would happen'),
  })
  .refine(({ sellers, skus }) => sellers !== undefined || skus !== undefined, {
    message: 'expected sellers, skus or both',
  })

/** `POST /held/release` and `POST /held/dismiss`: 202; the export's report says what was done. */
export const heldAccepted = z.object({ exportId, location: z.string(), dryRun: z.boolean() })

export type StatusAnswer = z.input<typeof statusAnswer>
export type SkuAnswer = z.input<typeof skuAnswer>
export type HeldPage = z.input<typeof heldPage>
export type HeldAccepted = z.input<typeof heldAccepted>
