import type { z } from 'zod'
import type * as exports from '../node/exports/exportAnswers'
import type * as answers from '../node/status/answers'

// One example of each answer in docs/openapi.yaml. The types keep them true, and so does the check of the document.

type Of<Schema extends z.ZodType> = z.input<Schema>

const exportId = '20261121T020000123-4f1a2b3c4d5e'
const updateId = '20261121T211500123-0a1b2c3d4e5f'

const offers = {
  ...{ processed: 1_204, sent: 1_196, unchanged: 0, held: 4 },
  ...{ filtered: 0, unmapped: 1, failed: 3 },
}

const failure = {
  ...{ skuId: 31, sellerId: '1', code: 'upstream_down' },
  message: 'VTEX logistics: status 503',
}

export const exportSummary: Of<typeof exports.exportSummary> = {
  ...{ exportId, route: 'export', scope: {}, status: 'completedWithErrors' },
  ...{ trigger: 'schedule', dryRun: false, force: false },
  acceptedAt: '2026-11-21T02:00:00.123Z',
  startedAt: '2026-11-21T02:00:01.004Z',
  endedAt: '2026-11-21T02:03:21.004Z',
  durationMs: 200_000,
  skus: { planned: 1_204, read: 1_204, remaining: 0 },
  ...{ offers, drift: 2, files: 1 },
}

export const exportReport: Of<typeof exports.exportReport> = {
  ...exportSummary,
  notes: [
    'held: 4 offers are 0 or removed, more at once than maxNewlyZeroPercent allows. Intershop still sells them; if the zeros are correct: POST /_v/intershop/stock/held/release {"sellers":["2"]}',
  ],
  sources: { own: { status: 'complete', read: 1_204, offers } },
  zeroed: { read: 25, removed: 1, renamed: 0 },
  heldOffers: [{ skuId: 77, sellerId: '2', offerSku: 'TSHIRT-M_2' }],
  drifted: [{ skuId: 12, sellerId: '1', lastSent: 5, found: 4 }],
  failures: [failure],
  failureCodes: { upstream_down: 3 },
  unmapped: [
    { skuId: 9, sellerId: '1', code: 'unmapped', message: 'the SKU has no reference (refId)' },
  ],
}

const schedules = {
  update: { status: 'registered', expression: '*/5 * * * *' },
  full: { status: 'registered', expression: '0 3 * * *' },
} as const

export const exportList: Of<typeof exports.exportList> = {
  ...{ exports: [exportSummary], next: exportId, schedules },
}

export const failurePage: Of<typeof exports.failurePage> = {
  ...{ exportId, total: 3, items: [failure], next: 1 },
}

export const exportHeldPage: Of<typeof exports.exportHeldPage> = {
  ...{ exportId, total: 4, items: exportReport.heldOffers, next: 1 },
}

export const statusAnswer: Of<typeof answers.statusAnswer> = {
  state: 'actionRequired',
  reasons: [
    {
      code: 'offers_held',
      message: '4 offers that are 0 now are held; Intershop still sells them.',
      numbers: { held: 4, own: 0, centra: 0, sellers: 4 },
      action:
        'Look at them. If the zeros are correct: POST /_v/intershop/stock/held/release, else correct the source.',
      call: { method: 'GET', path: '/_v/intershop/stock/held' },
    },
  ],
  at: '2026-11-21T21:16:00.000Z',
  version: '0.8.0',
  lastUpdate: {
    ...{ exportId: updateId, endedAt: '2026-11-21T21:15:04.000Z' },
    ...{ ageSeconds: 56, durationMs: 3_800 },
  },
  lastFullExport: {
    ...{ exportId, endedAt: '2026-11-21T02:03:21.004Z' },
    ...{ ageSeconds: 69_159, durationMs: 200_000 },
  },
  nextCalls: [{ schedule: 'update', at: '2026-11-21T21:20:00.000Z' }],
  timeZone: 'UTC (assumed)',
  schedules,
  queue: {
    length: 1,
    exports: [
      {
        ...{ exportId: '20261121T211530000-1a2b3c4d5e6f', route: 'seller' },
        ...{ scope: { sellerId: '2' }, trigger: 'console', dryRun: true, status: 'running' },
        acceptedAt: '2026-11-21T21:15:30.000Z',
        startedAt: '2026-11-21T21:15:31.000Z',
        ...{ planned: 400, read: 100, percent: 25, secondsLeft: 87 },
      },
    ],
  },
  pending: {
    ...{ changes: 12, documents: 3, isCapped: false },
    oldestAt: '2026-11-21T21:15:10.000Z',
  },
  held: { total: 4, bySource: { own: 0, centra: 0, sellers: 4 } },
  lastErrors: [
    {
      ...{ upstream: 'vtex', code: 'upstream_down', message: 'VTEX logistics: status 503' },
      ...{ at: '2026-11-21T02:03:21.004Z', exportId },
    },
  ],
}

export const skuAnswer: Of<typeof answers.skuAnswer> = {
  skuId: 77,
  offers: [
    {
      ...{ sellerId: '2', offerSku: 'TSHIRT-M_2', source: 'sellers' },
      lastSent: {
        ...{ quantity: 3, at: '2026-11-20T21:15:01.000Z', isCertain: true, exportId },
        files: ['stock-20261120T211501000-0001-0123456789ab.xml'],
      },
      ...{ held: true, heldAt: '2026-11-21T02:00:05.000Z', dismissed: false },
    },
  ],
  live: {
    at: '2026-11-21T21:16:00.000Z',
    offers: [{ sellerId: '2', offerSku: 'TSHIRT-M_2', quantity: 0, next: 'hold' }],
    failures: [],
  },
}

export const heldPage: Of<typeof answers.heldPage> = {
  items: [
    {
      ...{ skuId: 77, sellerId: '2', offerSku: 'TSHIRT-M_2', source: 'sellers', lastSent: 3 },
      ...{ lastSentAt: '2026-11-20T21:15:01.000Z', found: 0, heldAt: '2026-11-21T02:00:05.000Z' },
    },
  ],
  next: 77,
}

export const heldSelection: Of<typeof answers.heldSelection> = {
  ...{ sellers: ['2'], skus: [77, 78], dryRun: true },
}

export const heldAccepted: Of<typeof answers.heldAccepted> = {
  exportId: updateId,
  location: `/_v/intershop/stock/exports/${updateId}`,
  dryRun: true,
}

export const errorAnswer: Of<typeof exports.error> = {
  code: 'unknown_export',
  message: 'there is no such export, or no longer',
}

export const metrics = `# HELP intershop_stock_held Held offers by source
# TYPE intershop_stock_held gauge
intershop_stock_held{source="own"} 0
intershop_stock_held{source="sellers"} 4
`

export const failuresCsv = `skuId,rowId,sellerId,code,message
31,,1,upstream_down,VTEX logistics: status 503
`

export const heldCsv = `skuId,sellerId,offerSku
77,2,TSHIRT-M_2
`
