import type { Failure } from '../offers/stockOffer'
import { counted, type DeliveryDocument } from './part'
import { endedReport, reportOf, withRemainderFailed } from './report'
import type { ExportRequest } from './scope'

const request: ExportRequest = {
  v: 1,
  exportId: '20261121T200000000-0123456789ab',
  route: 'export',
  scope: {},
  acceptedAt: Date.UTC(2026, 10, 21, 20),
  dry: false,
}

const plan = {
  v: 1 as const,
  exportId: request.exportId,
  nonce: 'n',
  startedAt: Date.UTC(2026, 10, 21, 20, 0, 3),
  total: 30,
  firstIds: [1],
  covers: [],
  everything: true,
  consumes: [],
  notes: [],
}

const failure = (skuId: number): Failure => ({ skuId, sellerId: '1', code: 'c', message: 'm' })

const delivered = (more: Partial<DeliveryDocument>): DeliveryDocument => ({
  v: 1,
  skus: 10,
  counts: counted({ sent: 8, failed: 1, unmapped: 1 }),
  failures: [failure(1)],
  unmapped: [failure(2)],
  files: ['stock-1.xml', 'stock-2.xml'],
  traffic: {},
  deliveredAt: 1,
  ...more,
})

describe('the report of an export', () => {
  it('tells of one that waits that nothing happened yet', () => {
    expect(reportOf(request, undefined, [], 'queued')).toEqual({
      exportId: request.exportId,
      route: 'export',
      scope: {},
      status: 'queued',
      notes: [],
      acceptedAt: '2026-11-21T20:00:00.000Z',
      skus: { read: 0 },
      offers: counted({}),
      files: 0,
      failures: [],
      unmapped: [],
    })
  })

  it('adds up what was delivered, and tells how many SKUs remain', () => {
    const report = reportOf(request, plan, [delivered({}), delivered({ skus: 5 })], 'running')
    expect(report).toMatchObject({
      startedAt: '2026-11-21T20:00:03.000Z',
      skus: { planned: 30, read: 15, remaining: 15 },
      offers: {
        processed: 20,
        sent: 16,
        failed: 2,
        unmapped: 2,
        unchanged: 0,
        held: 0,
        filtered: 0,
      },
      files: 4,
    })
    expect(report.failures.map(({ skuId }) => skuId)).toEqual([1, 1])
    expect(report.unmapped.map(({ skuId }) => skuId)).toEqual([2, 2])
  })

  it('names a hundred failures and counts them all', () => {
    const failures = Array.from({ length: 70 }, (_, index) => failure(index))
    const part = delivered({ failures, counts: counted({ failed: 70 }) })
    const report = reportOf(request, plan, [part, part], 'running')
    expect([report.failures.length, report.offers.failed]).toEqual([100, 140])
  })

  it('says what the plan noted', () => {
    const noted = { ...plan, notes: ['superset: ...'] }
    expect(reportOf(request, noted, [], 'running').notes).toEqual(['superset: ...'])
    expect(reportOf(request, plan, [], 'running').notes).toEqual([])
  })

  it('of a dry run says so', () => {
    expect(reportOf({ ...request, dry: true }, plan, [], 'running').notes).toEqual([
      expect.stringMatching(/^dry run: /),
    ])
  })

  it('of one that ended says how, when, by whom and why', () => {
    const error = { code: 'sftp_auth', message: 'SFTP: ...' }
    const running = reportOf(request, plan, [], 'running')
    expect(endedReport(running, 'failed', Date.UTC(2026, 10, 22), { error })).toEqual({
      ...running,
      status: 'failed',
      endedAt: '2026-11-22T00:00:00.000Z',
      error,
    })
    expect(endedReport(running, 'completed', 0, { coveredBy: 'x' })).toMatchObject({
      status: 'completed',
      coveredBy: 'x',
    })
  })

  it('counts what was not got to as failed, each SKU once, when its upstream stayed down', () => {
    const found = reportOf(request, plan, [delivered({})], 'running')
    const { offers, skus, notes } = withRemainderFailed(found)
    expect(offers).toMatchObject({ processed: 30, sent: 8, unmapped: 1, failed: 21 })
    expect(skus.remaining).toBe(20)
    expect(notes.join()).toContain('20 SKUs were not read')
  })
})
