import type { z } from 'zod'
import {
  exportHeldPage,
  exportList,
  exportReport,
  exportSummary,
  failurePage,
} from '../../node/exports/exportAnswers'
import { heldPage, skuAnswer, statusAnswer } from '../../node/status/answers'

/** Responses of the app for the console, each one valid by its schema. */

const NOW = Date.now()
const ago = (seconds: number) => new Date(NOW - seconds * 1_000).toISOString()
export const idOf = (number: number) => `20261127T14${String(number).padStart(7, '0')}-aaaaaaaaaaaa`

const offers = (counts: Partial<z.infer<typeof exportSummary>['offers']>) => ({
  ...{ processed: 0, sent: 0, unchanged: 0, held: 0, filtered: 0, unmapped: 0, failed: 0 },
  ...counts,
})

const summary = (number: number, change: object = {}) =>
  exportSummary.parse({
    ...{ exportId: idOf(number), route: 'update', scope: {}, status: 'completed' },
    ...{ trigger: 'schedule', dryRun: false, force: false, drift: 0, files: 1 },
    ...{ acceptedAt: ago(300 * number), startedAt: ago(300 * number), endedAt: ago(300 * number) },
    durationMs: 1_400 + 37 * number,
    skus: { planned: 40, read: 40, remaining: 0 },
    offers: offers({ processed: 40, sent: 12 + (number % 9), unchanged: 20 }),
    ...change,
  })

const lastError = {
  ...{ code: 'sftp_unreachable', message: 'SFTP: connecting to drop.example:22 failed' },
  ...{ attempts: 3, nextTryAt: ago(-20) },
}

export const running = summary(0, {
  ...{ route: 'export', status: 'running', trigger: 'console', endedAt: undefined },
  skus: { planned: 2_000, read: 1_240, remaining: 760 },
  durationMs: 39_000,
  lastError,
})

const all = [
  running,
  summary(1, { route: 'seller', scope: { sellerId: 'shop-7' }, trigger: 'api' }),
  summary(2, { status: 'failed', error: { code: 'sftp_unreachable', message: 'SFTP: refused' } }),
  summary(3, { dryRun: true, force: true }),
  summary(4, { coveredBy: idOf(5) }),
  summary(5, { status: 'completedWithErrors', offers: offers({ processed: 3, failed: 3 }) }),
  ...Array.from({ length: 12 }, (_, index) => summary(6 + index)),
]

const schedules = {
  update: { status: 'registered' as const, expression: '*/5 * * * *' },
  full: { status: 'invalid' as const, problem: 'expected five fields' },
}

export const list = exportList.parse({ exports: all, schedules, next: idOf(17) })

const ended = (seconds: number, number: number) => ({
  ...{ exportId: idOf(number), endedAt: ago(seconds), ageSeconds: seconds, durationMs: 1_400 },
})

export const status = (state: z.infer<typeof statusAnswer>['state']) =>
  statusAnswer.parse({
    state,
    reasons:
      state === 'ok'
        ? []
        : [
            {
              ...{ code: 'offers_held', message: '42 offers are held.', numbers: { held: 42 } },
              action: 'Release or dismiss them.',
              call: { method: 'POST', path: '/_v/intershop/stock/held/release' },
            },
          ],
    ...{ at: ago(0), version: '0.9.0', timeZone: 'UTC (assumed)', schedules },
    lastUpdate: ended(140, 6),
    lastFullExport: ended(41_000, 7),
    nextCalls: [{ schedule: 'update', at: ago(-150) }],
    queue: {
      length: 1,
      exports: [
        {
          ...{ exportId: running.exportId, route: 'export', scope: {}, status: 'running' },
          ...{ acceptedAt: ago(40), planned: 2_000, read: 1_240, percent: 62, secondsLeft: 24 },
          lastError,
        },
      ],
    },
    pending: { changes: 7, documents: 5, isCapped: true, oldestAt: ago(95) },
    held: { total: 42, bySource: { own: 40, sellers: 2, centra: 0 } },
    drop: { files: 1, oldestAgeSeconds: 41, observedAt: ago(5) },
    lastErrors: [
      {
        ...{ code: 'sftp_unreachable', message: 'SFTP: refused', upstream: 'intershop' },
        ...{ at: ago(1_300), exportId: idOf(2) },
      },
    ],
  })

const failures = Array.from({ length: 5 }, (_, index) => ({
  ...{ skuId: 100 + index, sellerId: '1', code: 'vtex_malformed' },
  message: 'VTEX: totalQuantity is no number',
}))

export const report = exportReport.parse({
  ...running,
  notes: ['superset: the change log starts later than this window, so all SKUs are exported.'],
  offers: offers({ processed: 1_240, sent: 1_100, held: 2, unmapped: 2, failed: 136 }),
  sources: {
    own: { status: 'reading', read: 900, offers: offers({ sent: 800 }), lastError },
    sellers: { status: 'complete', read: 340, offers: offers({ sent: 300 }) },
    centra: {
      ...{ status: 'failed', read: 10, offers: offers({}) },
      error: { code: 'centra_unreachable', message: 'Centra: 503' },
    },
  },
  zeroed: { read: 3, removed: 1, renamed: 0 },
  heldOffers: [{ skuId: 12, sellerId: '1', offerSku: 'REF-12' }],
  drift: 1,
  drifted: [{ skuId: 8, sellerId: '1', lastSent: 4, found: 7 }],
  failures,
  failureCodes: { vtex_malformed: 136 },
  unmapped: [{ rowId: 900, code: 'unmatched', message: 'No SKU has this EAN.' }],
  manualAction: [77],
  manualActionRows: [901],
  traffic: {
    vtex: {
      ...{ concurrencyLimit: 25, inFlight: 0, requestsPerSecond: 182.5, requests: 4_021 },
      ...{ retries: 3, rateLimited: 2, backoffs: 1, circuit: 'closed' },
    },
  },
})

export const moreFailures = failurePage.parse({
  ...{ exportId: running.exportId, total: 136 },
  items: [{ skuId: 777, code: 'vtex_malformed', message: 'the 101st' }],
})

export const heldByExport = exportHeldPage.parse({
  ...{ exportId: running.exportId, total: 2 },
  items: report.heldOffers,
})

export const held = heldPage.parse({
  items: Array.from({ length: 6 }, (_, index) => ({
    ...{ skuId: 400 - index, sellerId: index % 2 ? '1' : 'shop-7', offerSku: `REF-${400 - index}` },
    ...{ source: index % 2 ? 'own' : 'sellers', lastSent: 5 + index, lastSentAt: ago(9_000) },
    ...{ found: 0, heldAt: ago(600) },
  })),
  next: 395,
})

export const sku = skuAnswer.parse({
  skuId: 12,
  offers: [
    {
      ...{ sellerId: '1', offerSku: 'REF-12', source: 'own', held: true, heldAt: ago(300) },
      dismissed: false,
      lastSent: {
        ...{ quantity: 17, at: ago(400), isCertain: true, exportId: idOf(6) },
        files: ['stock-20261127T140000000-0001-63e61ea60ed1.xml'],
      },
    },
    {
      ...{ sellerId: 'shop-7', offerSku: 'REF-12_shop-7', held: false, dismissed: true },
      lastSent: { quantity: 3, at: ago(40_000), isCertain: false },
    },
  ],
  live: {
    at: ago(0),
    offers: [
      { sellerId: '1', offerSku: 'REF-12', quantity: 0, next: 'hold' },
      { sellerId: 'shop-7', next: 'fail', error: { code: 'vtex_5xx', message: 'VTEX: 503' } },
    ],
    failures: [{ skuId: 12, code: 'vtex_5xx', message: 'VTEX: 503' }],
  },
})

export const check = {
  status: 'failed',
  checks: [
    { name: 'settings', status: 'ok', durationMs: 1, message: 'all settings are valid' },
    {
      ...{ name: 'publisher', status: 'failed', durationMs: 5_000, code: 'sftp_unreachable' },
      ...{ message: 'SFTP: connecting failed', do: 'Check sftpHost and sftpPort.' },
    },
    { name: 'centra', status: 'skipped', durationMs: 0, message: 'centraSellerId is empty' },
  ],
}

const MARKUP = '<img src=x onerror="window.attacked=1"><script>window.attacked=1</script>'

/** The same with markup in each text that comes from outside. */
export function hostile<T>(answer: T): T {
  const text = JSON.stringify(answer, (key, value: unknown) => {
    const isFree = ['message', 'action', 'offerSku', 'sellerId', 'problem', 'do', 'name', 'code']
    return typeof value === 'string' && isFree.includes(key) ? `${value} ${MARKUP}` : value
  })
  return JSON.parse(text)
}
