import type { Failure } from '../offers/stockOffer'
import { counted } from './batchResult'
import { END } from './documentNames'
import type { ExportRequest } from './exportRequest'
import type { Progress } from './exportState'
import { withAbandoned } from './finish'
import type { SourceState } from './nextStep'
import type { CommittedBatch } from './receipts'
import { endedReport, reportOf } from './report'

const request: ExportRequest = {
  v: 1,
  exportId: '20261121T200000000-0123456789ab',
  route: 'export',
  scope: {},
  acceptedAt: Date.UTC(2026, 10, 21, 20),
  ...{ dry: false, dryRun: false, force: false },
}

const reading = (source: SourceState['source'], more: Partial<SourceState> = {}): SourceState => ({
  ...{ source, listed: true, basis: 'f.n', attempts: [], final: false },
  gap: { from: 0, to: END },
  ...more,
})

const plan: Progress['plan'] = {
  v: 1,
  exportId: request.exportId,
  uniqueId: 'n',
  startedAt: Date.UTC(2026, 10, 21, 20, 0, 3),
  covers: [],
  everything: true,
  sources: ['own'],
  notes: [],
}

const list = { uniqueId: 'l', total: 30, firstIds: [1], consumes: [] }

const progress: Progress = { plan, lists: { own: list }, sources: [reading('own')] }

const failure = (skuId: number): Failure => ({
  skuId,
  sellerId: '1',
  code: 'internal',
  message: 'm',
})

const delivered = (more: Partial<CommittedBatch>): CommittedBatch => ({
  source: 'own',
  name: '20261121/1~a',
  v: 1,
  skus: 10,
  counts: counted({ sent: 8, failed: 1, unmapped: 1 }),
  failures: [failure(1)],
  unmapped: [failure(2)],
  zeroed: { read: 2, removed: 1, renamed: 0 },
  held: [],
  drift: 1,
  drifted: [{ skuId: 3, sellerId: '1', lastSent: 4, found: 5 }],
  sellers: ['1'],
  files: ['stock-1.xml', 'stock-2.xml'],
  traffic: {},
  deliveredAt: 1,
  ...more,
})

describe('report', () => {
  it('returns empty counts for a queued export', () => {
    expect(reportOf(request, undefined, [], 'queued')).toEqual({
      exportId: request.exportId,
      route: 'export',
      scope: {},
      status: 'queued',
      ...{ trigger: 'api', dryRun: false, force: false },
      notes: [],
      acceptedAt: '2026-11-21T20:00:00.000Z',
      skus: { read: 0 },
      sources: {},
      offers: counted({}),
      zeroed: { read: 0, removed: 0, renamed: 0 },
      heldOffers: [],
      drift: 0,
      drifted: [],
      files: 0,
      failures: [],
      failureCodes: {},
      unmapped: [],
      batches: [],
    })
  })

  it('adds up the counts of all batches and the remaining SKUs', () => {
    const report = reportOf(request, progress, [delivered({}), delivered({ skus: 5 })], 'running')
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

  it('lists a hundred failures and counts all of them', () => {
    const failures = Array.from({ length: 70 }, (_, index) => failure(index))
    const part = delivered({ failures, counts: counted({ failed: 70 }) })
    const report = reportOf(request, progress, [part, part], 'running')
    expect([report.failures.length, report.offers.failed]).toEqual([100, 140])
  })

  it('includes the notes of the plan', () => {
    const noted = { ...progress, plan: { ...plan, notes: ['superset: ...'] } }
    expect(reportOf(request, noted, [], 'running').notes).toEqual(['superset: ...'])
    expect(reportOf(request, progress, [], 'running').notes).toEqual([])
  })

  it.each<[string, Partial<ExportRequest>, RegExp[]]>([
    ['a dry run that the workspace makes it', { dry: true }, [/^dry run: this workspace /]],
    ['one that was asked for', { dry: true, dryRun: true }, [/^dry run, as asked by dryRun=true/]],
    ['one that is forced', { force: true }, [/^force: /]],
    ['both', { dry: true, dryRun: true, force: true }, [/^dry run, /, /^force: /]],
  ])('notes dry run and force of an export: %s', (_, manner, notes) => {
    expect(reportOf({ ...request, ...manner }, progress, [], 'running').notes).toEqual(
      notes.map((note) => expect.stringMatching(note))
    )
  })

  it('endedReport sets status, end time, coveredBy and error', () => {
    const error = { code: 'sftp_auth', message: 'SFTP: ...' }
    const running = reportOf(request, progress, [], 'running')
    expect(endedReport(running, 'failed', Date.UTC(2026, 10, 22), { error })).toEqual({
      ...running,
      status: 'failed',
      endedAt: '2026-11-22T00:00:00.000Z',
      durationMs: 4 * 3_600_000 - 3_000,
      error,
      sources: { own: { ...running.sources.own, status: 'failed' } },
    })
    expect(endedReport(running, 'completed', 0, { coveredBy: 'x' })).toMatchObject({
      status: 'completed',
      coveredBy: 'x',
    })
  })

  it('shows what lay in the drop when the last batch was published', () => {
    const at = (minute: number) => Date.UTC(2026, 10, 21, 20, minute)
    const parts = [
      delivered({ drop: { files: 9, oldestAgeSeconds: 60, observedAt: at(7) } }),
      delivered({ drop: { files: 1, oldestAgeSeconds: 9_999, observedAt: at(6) } }),
      delivered({}),
    ]
    const { drop, notes } = reportOf(request, progress, parts, 'running')
    expect(drop).toEqual({
      files: 9,
      oldestAgeSeconds: 60,
      observedAt: '2026-11-21T20:07:00.000Z',
    })
    expect(notes).toEqual([])
  })

  it.each([
    [1_799, undefined, []],
    [
      1_800,
      undefined,
      [
        expect.stringContaining(
          'importing: 2 files of the app lie in its drop, the oldest for 30 minutes'
        ),
      ],
    ],
    [
      7_200,
      true,
      [
        expect.stringContaining(
          'at least 2 files of the app lie in its drop, the oldest for at least 120'
        ),
      ],
    ],
  ] as const)('warns from half an hour on: %i s', (oldestAgeSeconds, isPartial, notes) => {
    const drop = { files: 2, oldestAgeSeconds, isPartial, observedAt: 1 }
    const report = reportOf(request, progress, [delivered({ drop })], 'running')
    expect(report.notes).toEqual(notes)
  })

  it.each(['failed', 'cancelled'] as const)('gives unfinished sources the status %s', (status) => {
    const sources = [reading('own', { gap: undefined }), reading('sellers')]
    const found = reportOf(request, { ...progress, sources }, [], 'running')
    const { own, sellers } = endedReport(found, status, 0).sources
    expect([own?.status, sellers?.status]).toEqual(['complete', status])
  })

  it('includes status, counts and error of each source', () => {
    const both: Progress = {
      plan: { ...plan, sources: ['own', 'centra'] },
      lists: { own: list },
      sources: [
        reading('own', { gap: undefined }),
        reading('centra', { final: true, attempts: [1] }),
      ],
    }
    const rows = delivered({
      source: 'centra',
      skus: 7,
      counts: counted({ sent: 7 }),
      failures: [],
    })
    const { sources, skus, offers } = reportOf(request, both, [delivered({}), rows], 'running')
    expect(sources).toEqual({
      own: { status: 'complete', read: 10, offers: counted({ sent: 8, failed: 1, unmapped: 1 }) },
      centra: { status: 'failed', read: 7, offers: counted({ sent: 7 }) },
    })
    expect(skus).toEqual({ planned: 30, read: 10, remaining: 20 })
    expect(offers).toMatchObject({ processed: 17, sent: 15 })
    const open = { ...both, sources: both.sources.map((state) => ({ ...state, final: false })) }
    expect(reportOf(request, open, [], 'running').sources.centra?.status).toBe('reading')
  })

  it('counts the planned SKUs of each source, as far as they are listed', () => {
    const both: Progress = {
      plan: { ...plan, sources: ['own', 'sellers'] },
      lists: { own: list, sellers: { ...list, total: 4 } },
      sources: [reading('own', { gap: undefined }), reading('sellers')],
    }
    const offers = delivered({ source: 'sellers', skus: 3 })
    const { skus } = reportOf(request, both, [delivered({ skus: 30 }), offers], 'running')
    expect(skus).toEqual({ planned: 34, read: 33, remaining: 1 })
    const listing = { ...both, lists: { own: list } }
    expect(reportOf(request, listing, [], 'running').skus.planned).toBe(30)
  })

  it('omits planned SKUs before they are listed, and reports 0 if none are read', () => {
    const unlisted = { ...progress, lists: {} }
    expect(reportOf(request, unlisted, [], 'running').skus).toEqual({ read: 0 })
    const centra: Progress = {
      plan: { ...plan, sources: ['centra'] },
      lists: {},
      sources: [reading('centra')],
    }
    expect(reportOf(request, centra, [], 'running').skus).toEqual({
      planned: 0,
      read: 0,
      remaining: 0,
    })
  })

  it('withAbandoned counts the remaining SKUs of an abandoned source as failed, with its error', () => {
    const found = reportOf(request, progress, [delivered({})], 'running')
    const error = { code: 'upstream_down' as const, message: 'm' }
    const { offers, skus, notes, sources } = withAbandoned(found, { source: 'own', error }, 20)
    expect(offers).toMatchObject({ processed: 30, sent: 8, unmapped: 1, failed: 21 })
    expect(skus.remaining).toBe(20)
    expect(notes.join()).toContain('20 offers were not read and keep their last quantities')
    expect(sources.own?.error).toEqual(error)
  })
})
