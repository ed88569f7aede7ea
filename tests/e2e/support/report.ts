import { z } from 'zod'

const count = z.number().int().nonnegative()
const failure = z.strictObject({
  skuId: z.number().optional(),
  rowId: z.number().optional(),
  sellerId: z.string().optional(),
  code: z.string(),
  message: z.string(),
})

const limiter = z.strictObject({
  concurrencyLimit: count,
  inFlight: count,
  requestsPerSecond: z.number().optional(),
  requests: count,
  retries: count,
  rateLimited: count,
  backoffs: count,
  circuit: z.enum(['open', 'closed']),
})

/** An offer as Intershop knows it. */
const named = z.strictObject({ skuId: z.number(), sellerId: z.string(), offerSku: z.string() })

const drifted = z.strictObject({
  skuId: z.number(),
  sellerId: z.string(),
  lastSent: count,
  found: count,
})

const offers = z.strictObject({
  processed: count,
  sent: count,
  unchanged: count,
  held: count,
  filtered: count,
  unmapped: count,
  failed: count,
})

const error = z.strictObject({ code: z.string(), message: z.string() })

/** What failed last and is tried again. */
const lastError = error.extend({ attempts: count.min(1), nextTryAt: z.iso.datetime() })

const source = z.strictObject({
  status: z.enum(['reading', 'complete', 'failed', 'cancelled']),
  read: count,
  offers,
  error: error.optional(),
  lastError: lastError.optional(),
})

/** The report of an export, as the contract has it: nothing less, and nothing that it does not name. */
const reportSchema = z.strictObject({
  exportId: z.string(),
  route: z.enum(['update', 'export', 'start', 'seller', 'time', 'sellerTime']),
  scope: z.strictObject({
    startId: z.number().optional(),
    sellerId: z.string().optional(),
    minutes: z.number().optional(),
  }),
  status: z.enum([
    'queued',
    'running',
    'cancelling',
    'completed',
    'completedWithErrors',
    'failed',
    'cancelled',
  ]),
  notes: z.array(z.string()),
  acceptedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime().optional(),
  coveredBy: z.string().optional(),
  skus: z.strictObject({ planned: count.optional(), read: count, remaining: count.optional() }),
  sources: z.partialRecord(z.enum(['own', 'centra', 'sellers', 'removed']), source),
  offers,
  sellersRefresh: z.strictObject({ skus: count, offers, oldestAgeMinutes: count }).optional(),
  zeroed: z.strictObject({ read: count, renamed: count, removed: count }),
  heldOffers: z.array(named).max(100),
  drift: count,
  drifted: z.array(drifted).max(100),
  files: count,
  drop: z
    .strictObject({
      files: count,
      oldestAgeSeconds: count.optional(),
      isPartial: z.literal(true).optional(),
      observedAt: z.iso.datetime(),
    })
    .optional(),
  publisherCheck: z
    .strictObject({
      status: z.enum(['ok', 'failed']),
      code: z.string().optional(),
      message: z.string(),
    })
    .optional(),
  verified: z
    .strictObject({
      compared: count,
      differing: z.array(named.extend({ sent: count, found: count.optional() })),
      error: error.optional(),
    })
    .optional(),
  failures: z.array(failure),
  unmapped: z.array(failure),
  manualAction: z.array(z.number()).optional(),
  manualActionRows: z.array(z.number()).optional(),
  traffic: z.record(z.string(), limiter).optional(),
  error: error.optional(),
  lastError: lastError.optional(),
})

export type Report = z.infer<typeof reportSchema>

/** Checks the answer of `GET /exports/:exportId`. */
export const parseReport = (answered: unknown): Report => reportSchema.parse(answered)

const schedule = z.discriminatedUnion('status', [
  z.strictObject({ status: z.enum(['registered', 'notRegistered']), expression: z.string() }),
  z.strictObject({ status: z.literal('invalid'), problem: z.string() }),
  z.strictObject({ status: z.literal('none') }),
])

const listSchema = z.strictObject({
  exports: z.array(reportSchema),
  schedules: z.strictObject({ update: schedule, full: schedule }),
})

/** Checks the answer of `GET /exports`. */
export const parseReports = (answered: unknown): Report[] => listSchema.parse(answered).exports

/** The schedules in the answer of `GET /exports`. */
export const parseSchedules = (answered: unknown) => listSchema.parse(answered).schedules

/** Whether nothing of this export will change any more. */
export const hasEnded = ({ status }: Report) =>
  !['queued', 'running', 'cancelling'].includes(status)

/** The sum that `offers.processed` must be. */
export function sumOfOffers({ offers }: Report): number {
  const { processed: _sum, ...parts } = offers
  return Object.values(parts).reduce((sum, part) => sum + part, 0)
}
