import type { z } from 'zod'
import type { exportList } from '../../node/exports/exportAnswers'
import type { heldPage, skuAnswer, statusAnswer } from '../../node/status/answers'
import type { Report } from '../exitCodes'

// Answers of the app for tests: typed by the schemas that the app's own answers follow.

export const NOW = Date.parse('2026-03-01T12:00:00.000Z')
export const ID = '20260301T115000000-0123456789ab'

const at = (secondsAgo: number) => new Date(NOW - secondsAgo * 1_000).toISOString()

const noOffers: Report['offers'] = {
  ...{ processed: 0, sent: 0, unchanged: 0, held: 0, filtered: 0, unmapped: 0, failed: 0 },
}

/** A completed full export, with changes. */
export function report(changes: Partial<Report> = {}): Report {
  return {
    exportId: ID,
    route: 'export',
    scope: {},
    status: 'completed',
    trigger: 'schedule',
    dryRun: false,
    force: false,
    acceptedAt: at(600),
    startedAt: at(595),
    endedAt: at(300),
    durationMs: 295_000,
    skus: { planned: 2_000, read: 2_000, remaining: 0 },
    offers: { ...noOffers, processed: 2_000, sent: 2_000 },
    drift: 0,
    files: 2,
    notes: [],
    sources: {
      own: {
        status: 'complete',
        read: 2_000,
        offers: { ...noOffers, processed: 2_000, sent: 2_000 },
      },
    },
    zeroed: { read: 0, removed: 0, renamed: 0 },
    heldOffers: [],
    drifted: [],
    failures: [],
    failureCodes: {},
    unmapped: [],
    ...changes,
  }
}

/** An export that runs and cannot reach VTEX. */
export const stuck = report({
  status: 'running',
  endedAt: undefined,
  skus: { planned: 2_000, read: 500, remaining: 1_500 },
  durationMs: 60_000,
  sources: {
    own: {
      status: 'reading',
      read: 500,
      offers: { ...noOffers, processed: 500, sent: 500 },
      lastError: {
        code: 'upstream_down',
        message: 'VTEX logistics: status 503',
        attempts: 3,
        nextTryAt: new Date(NOW + 8_000).toISOString(),
      },
    },
  },
})

/** An export with failed, held and unmapped offers and an unreadable source. */
export const incomplete = report({
  route: 'update',
  status: 'completedWithErrors',
  offers: { ...noOffers, processed: 20, sent: 5, held: 9, unmapped: 1, failed: 5 },
  failureCodes: { upstream_missing: 4, centra_row: 1 },
  sources: {
    own: { status: 'complete', read: 20, offers: noOffers },
    centra: {
      status: 'failed',
      read: 3,
      offers: noOffers,
      error: { code: 'upstream_refused', message: 'Centra stock: status 401, Not Allowed' },
    },
  },
  manualAction: [31, 32],
})

export const failed = report({
  route: 'sellerTime',
  scope: { sellerId: 'a.b', minutes: 30 },
  status: 'failed',
  error: { code: 'sftp_host_key', message: 'another host key than SHA256:abc' },
})

type Status = z.infer<typeof statusAnswer>

export function status(changes: Partial<Status> = {}): Status {
  return {
    state: 'ok',
    reasons: [],
    at: at(0),
    version: '0.8.0',
    lastUpdate: { exportId: ID, endedAt: at(125), ageSeconds: 125, durationMs: 3_000 },
    lastFullExport: null,
    nextCalls: [{ schedule: 'update', at: new Date(NOW + 175_000).toISOString() }],
    timeZone: 'UTC (assumed)',
    schedules: {
      update: { status: 'registered', expression: '*/5 * * * *' },
      full: { status: 'none' },
    },
    queue: { length: 0, exports: [] },
    pending: { changes: 40, documents: 12, isCapped: false, oldestAt: at(190) },
    held: { total: 0, bySource: { own: 0, centra: 0, sellers: 0 } },
    lastErrors: [],
    ...changes,
  }
}

export const actionRequired = status({
  state: 'actionRequired',
  reasons: [
    {
      code: 'offers_held',
      message: '9 offers are held.',
      numbers: { held: 9 },
      action: 'Check them, then release them.',
      call: { method: 'POST', path: '/held/release', body: { sellers: ['1'] } },
    },
    { code: 'update_late', message: 'No update for 20 minutes.', numbers: {}, action: 'Wait.' },
  ],
  held: { total: 9, bySource: { own: 7, centra: 2, sellers: 0 } },
  drop: { files: 3, oldestAgeSeconds: 720, observedAt: at(60) },
  queue: {
    length: 1,
    exports: [
      {
        ...{ exportId: ID, route: 'export', status: 'running', acceptedAt: at(600) },
        ...{ planned: 2_000, read: 500, percent: 25.9, secondsLeft: 180 },
      },
    ],
  },
  lastErrors: [
    {
      ...{ upstream: 'vtex', at: at(60), exportId: ID },
      ...{ code: 'upstream_down', message: 'VTEX logistics: status 503' },
    },
  ],
})

export const exportPage: z.infer<typeof exportList> = {
  exports: [
    stuck,
    { ...failed, error: failed.error },
    report({ dryRun: true, scope: { skus: [1, 2] }, route: 'release', trigger: 'console' }),
  ],
  next: ID,
  schedules: { update: { status: 'none' }, full: { status: 'none' } },
}

export const sentSku: z.infer<typeof skuAnswer> = {
  skuId: 31,
  offers: [
    {
      ...{ sellerId: '1', offerSku: 'REF-31', source: 'own', held: false, dismissed: false },
      lastSent: {
        quantity: 12,
        at: at(400),
        isCertain: true,
        exportId: ID,
        files: ['stock-1.xml'],
      },
    },
    {
      ...{ sellerId: 'evil\u001b[2J', offerSku: 'REF-31_2', held: true, dismissed: false },
      lastSent: { quantity: 3, at: at(4_000), isCertain: false },
    },
  ],
}

export const heldOffers: z.infer<typeof heldPage> = {
  items: [
    {
      ...{ skuId: 31, sellerId: '2', offerSku: 'REF-31_2', source: 'sellers', found: 0 },
      ...{ lastSent: 3, lastSentAt: at(4_000), heldAt: at(400) },
    },
  ],
  next: 31,
}
