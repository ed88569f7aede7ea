import { z } from 'zod'
import { STOCK_SOURCES } from '../sources/source'

// The report of an export, as it is saved and as `GET /exports` and the routes below it respond it. docs/openapi.yaml
// is generated from these schemas.

/** The six routes that start an export. */
export const EXPORT_ROUTES = ['update', 'export', 'start', 'seller', 'time', 'sellerTime'] as const

/** Those, and the two that release or dismiss held offers. */
export const ROUTES = [...EXPORT_ROUTES, 'release', 'dismiss'] as const

/** Who started an export. */
export const TRIGGERS = ['schedule', 'api', 'console'] as const

export const STATUSES = [
  ...(['queued', 'running', 'cancelling'] as const),
  ...(['completed', 'completedWithErrors', 'failed', 'cancelled'] as const),
] as const

export type Status = (typeof STATUSES)[number]

export const UPSTREAMS = ['vtex', 'sellers', 'centra', 'intershop', 'app'] as const

export type Upstream = (typeof UPSTREAMS)[number]

export const count = z.int().nonnegative()
export const exportId = z.string().describe('The value of x-export-id')
export const skuId = count.describe('VTEX SKU id')
export const sellerId = z.string().describe('VTEX seller id; 1 is the account itself')
export const offerSku = z.string().describe('SKU in Intershop')
export const moment = z.iso.datetime().describe('UTC')

/** What an export selects. Minutes count back from when it was accepted. */
export const scope = z.object({
  startId: count.optional(),
  sellerId: sellerId.optional(),
  minutes: count.optional(),
  sellers: z.array(sellerId).optional().describe('Of a release or dismissal'),
  skus: z.array(skuId).optional().describe('Of a release or dismissal'),
})

export const error = z.object({
  code: z.string().describe('A code of docs/operations.md'),
  message: z.string(),
})

export const lastError = error
  .extend({
    attempts: count.describe('Failed attempts since the last progress'),
    nextTryAt: moment,
  })
  .describe('The last failed attempt; it is retried')

export const offers = z
  .object({
    processed: count.describe('The sum of the others'),
    sent: count,
    unchanged: count.describe('Not sent: Intershop has this quantity, or the offer was dismissed'),
    held: count.describe('Newly 0 beyond maxNewlyZeroPercent; not sent'),
    filtered: count,
    unmapped: count.describe('Without a SKU in Intershop'),
    failed: count.describe('Not read; Intershop keeps their quantities'),
  })
  .describe('Offers by result')

const skus = z
  .object({ planned: count.optional(), read: count, remaining: count.optional() })
  .describe('SKUs by source; planned is absent until they are listed')

const source = z.object({
  status: z.enum(['reading', 'complete', 'failed', 'cancelled']),
  read: count.describe('SKUs or, of Centra, rows'),
  offers,
  error: error.optional().describe('Why it was not read to its end'),
  lastError: lastError.optional(),
})

export const failure = z.object({
  skuId: skuId.optional(),
  rowId: count.optional().describe("Centra's stockItemId"),
  sellerId: sellerId.optional(),
  code: z.string(),
  message: z.string(),
})

export const offerName = z.object({ skuId, sellerId, offerSku })

export const zeroed = z
  .object({ read: count, removed: count, renamed: count })
  .describe('Sent offers that are newly 0')

export const drifted = z.object({ skuId, sellerId, lastSent: count, found: count })

export const drop = z
  .object({
    files: count,
    oldestAgeSeconds: count.optional(),
    isPartial: z.literal(true).optional().describe('There are more'),
    observedAt: moment,
  })
  .describe("The app's files in Intershop's directory, before the last batch was published")

/** An export that has not ended, in `GET /status`. */
export const openExport = z.object({
  exportId,
  route: z.enum(ROUTES).optional().describe('Absent until a worker has seen the export'),
  scope: scope.optional(),
  trigger: z.enum(TRIGGERS).optional(),
  dryRun: z.boolean().optional(),
  status: z.enum(['queued', 'running', 'cancelling']),
  acceptedAt: moment,
  startedAt: moment.optional(),
  planned: count.optional().describe('SKUs to read; absent until they are listed'),
  read: count.describe('SKUs, or rows of Centra, as of the last batch'),
  percent: z.number().min(0).max(100).optional(),
  secondsLeft: count.optional().describe('At the speed so far'),
  lastError: lastError.optional(),
})

/** An export in a list. */
export const exportSummary = z.object({
  exportId,
  route: z.enum(ROUTES),
  scope,
  status: z.enum(STATUSES),
  trigger: z.enum(TRIGGERS).describe('Who started it: header x-intershop-trigger'),
  dryRun: z.boolean().describe('Nothing is published'),
  force: z.boolean(),
  acceptedAt: moment,
  startedAt: moment.optional(),
  endedAt: moment.optional(),
  durationMs: count.optional().describe('From start to end, or to now'),
  coveredBy: exportId.optional().describe('The export that this one was merged into'),
  skus,
  offers,
  drift: count.describe('Offers that differed from the last ones sent without a reported change'),
  files: count.describe('Files published'),
  error: error.optional().describe('Why it failed'),
  lastError: lastError.optional(),
})

/** The whole report of an export. */
export const exportReport = exportSummary.extend({
  notes: z.array(z.string()),
  sources: z.partialRecord(z.enum(STOCK_SOURCES), source),
  zeroed,
  heldOffers: z.array(offerName).max(100).describe('The first 100; all: GET .../held'),
  drifted: z.array(drifted).max(100).describe('The first 100'),
  sellersRefresh: z
    .object({ skus: count, offers, oldestAgeMinutes: count })
    .optional()
    .describe("Other sellers' offers that an update read again, though nothing reported them"),
  drop: drop.optional(),
  publisherCheck: z
    .object({ status: z.enum(['ok', 'failed']), code: z.string().optional(), message: z.string() })
    .optional()
    .describe('With dryRun: whether offers could have been published'),
  verified: z
    .object({
      compared: count,
      differing: z
        .array(offerName.extend({ sent: count, found: count.optional() }))
        .describe('found is absent if Intershop has no stock of it'),
      error: error.optional().describe('Why nothing was read'),
    })
    .optional()
    .describe('With verify: a sample of what was sent, as Intershop has it'),
  failures: z.array(failure).max(100).describe('The first 100; all: GET .../failures'),
  failureCodes: z.record(z.string(), count).describe('Failed offers by code'),
  unmapped: z.array(failure).max(100).describe('The first 100; all: GET .../unmapped'),
  manualAction: z.array(skuId).optional().describe('SKUs that updates no longer retry'),
  manualActionRows: z.array(count).optional().describe('The same for rows of Centra'),
  traffic: z
    .record(
      z.string(),
      z.object({
        concurrencyLimit: count,
        inFlight: count,
        requestsPerSecond: z.number().optional(),
        requests: count,
        retries: count,
        rateLimited: count.describe('Responses with 429'),
        backoffs: count,
        circuit: z.enum(['open', 'closed']),
      })
    )
    .optional()
    .describe('Requests by upstream, of the worker that published last'),
})

const schedule = z.discriminatedUnion('status', [
  z.object({ status: z.enum(['registered', 'notRegistered']), expression: z.string() }),
  z.object({ status: z.literal('invalid'), problem: z.string() }),
  z.object({ status: z.literal('none') }),
])

export const schedules = z.object({ update: schedule, full: schedule })

/** `GET /exports`. */
export const exportList = z.object({
  exports: z.array(exportSummary).describe('Newest first'),
  next: exportId
    .optional()
    .describe('The value of `before` for the next page. A page may have less than `limit`'),
  schedules,
})

/** `GET /exports/:exportId/failures` and `/unmapped`. */
export const failurePage = z.object({
  exportId,
  total: count.describe('So far, if the export is running'),
  items: z.array(failure),
  next: count.optional().describe('The value of `after` for the next page'),
})

/** `GET /exports/:exportId/held`. */
export const exportHeldPage = failurePage.extend({ items: z.array(offerName) })

export type Schedules = z.infer<typeof schedules>
export type ScheduleState = Schedules['update']
export type ExportSummary = z.input<typeof exportSummary>
export type ExportReport = z.input<typeof exportReport>
export type ExportList = z.input<typeof exportList>
