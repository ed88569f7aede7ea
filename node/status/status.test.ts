import { memory } from '../../tests/documents'
import { timestampOf } from '../common/clock'
import { endedPath } from '../exports/documentNames'
import type { Report } from '../exports/report'
import { NO_SUMMARY, saveSummary, withReport } from '../exports/summary'
import type { Documents } from '../state/documents'
import { type Around, readStatus } from './status'

const NOW = Date.UTC(2026, 10, 21, 12, 30)
const MINUTE = 60_000
const MOST_CALLS = 10

const idAt = (at: number, number = 0) =>
  `${timestampOf(at)}-${number.toString(16).padStart(12, '0')}`

const counts = { processed: 0, sent: 0, unchanged: 0, held: 0, filtered: 0, unmapped: 0, failed: 0 }

const reportAt = (at: number, more: Partial<Report> = {}): Report => ({
  ...{ exportId: idAt(at), route: 'update', scope: {}, status: 'completed', trigger: 'schedule' },
  ...{ dryRun: false, force: false, notes: [], acceptedAt: new Date(at).toISOString() },
  startedAt: new Date(at).toISOString(),
  endedAt: new Date(at + 1_000).toISOString(),
  ...{ durationMs: 1_000, skus: { read: 0 }, sources: {}, offers: counts, drift: 0, drifted: [] },
  ...{ zeroed: { read: 0, removed: 0, renamed: 0 }, heldOffers: [], files: 0 },
  ...{ failures: [], failureCodes: {}, unmapped: [] },
  ...more,
})

const saveEnded = (documents: Documents, report: Report) =>
  documents.save('ended', endedPath(report.exportId), { v: 1, ...report })

/** Documents that count the calls. */
function counting() {
  const documents = memory()
  const made = { calls: 0 }
  const counted: Documents = {
    ...documents,
    read: (...of) => {
      made.calls++
      return documents.read(...of)
    },
    list: (...of) => {
      made.calls++
      return documents.list(...of)
    },
  }
  return { documents, counted, made }
}

const around = (documents: Documents): Around => ({
  ...{ documents, now: NOW, saved: {}, delivers: true, version: '1.2.3' },
  schedules: {
    update: { status: 'registered', expression: '*/5 * * * *' },
    full: { status: 'registered', expression: '0 3 * * *' },
  },
})

/** A day of updates, many queued exports, and many pending changes. */
async function busy(documents: Documents) {
  for (let at = NOW - 24 * 60 * MINUTE; at < NOW; at += 5 * MINUTE) {
    await saveEnded(documents, reportAt(at))
  }
  for (let number = 0; number < 32; number++) {
    const exportId = idAt(NOW, number)
    await documents.save('exports', exportId, {
      ...{ v: 1, exportId, route: 'export', scope: {}, acceptedAt: NOW, dry: false },
    })
  }
  for (let number = 0; number < 2_000; number++) {
    const name = `${timestampOf(NOW)}~${NOW}~${number}~3~stock`
    await documents.save('pending', name, {})
  }
}

describe('readStatus', () => {
  it('makes at most ten calls to VBase without a summary, whatever the history', async () => {
    const { documents, counted, made } = counting()
    await busy(documents)
    const { status } = await readStatus(around(counted))
    expect(made.calls).toBeLessThanOrEqual(MOST_CALLS)
    expect(status.lastUpdate?.exportId).toBe(idAt(NOW - 5 * MINUTE))
    expect(status.queue.length).toBe(32)
    expect(status.queue.exports[0]).toMatchObject({ route: 'export', status: 'queued' })
    expect(status.pending).toMatchObject({ documents: 1_000, changes: 3_000, isCapped: true })
  })

  it('makes at most ten calls to VBase with an outdated summary, and adds the latest reports', async () => {
    const { documents, counted, made } = counting()
    await busy(documents)
    await saveSummary(documents, withReport(NO_SUMMARY, reportAt(NOW - 60 * MINUTE)))
    const { status } = await readStatus(around(counted))
    expect(made.calls).toBeLessThanOrEqual(MOST_CALLS)
    expect(status.lastUpdate?.exportId).toBe(idAt(NOW - 5 * MINUTE))
  })

  it('returns the next three calls of each schedule, and that UTC is assumed', async () => {
    const { nextCalls, timeZone } = (await readStatus(around(memory()))).status
    expect(nextCalls.filter(({ schedule }) => schedule === 'update').map(({ at }) => at)).toEqual([
      '2026-11-21T12:35:00.000Z',
      '2026-11-21T12:40:00.000Z',
      '2026-11-21T12:45:00.000Z',
    ])
    expect([nextCalls.length, timeZone]).toEqual([6, 'UTC (assumed)'])
  })
})

describe('withReport', () => {
  const error = { code: 'sftp_auth', message: 'SFTP: ...' }
  const failed = reportAt(NOW, { status: 'failed', error })
  const after = (...reports: Report[]) => reports.reduce(withReport, NO_SUMMARY)

  it('keeps a failed export until its route, or a full export, succeeds', () => {
    expect(after(failed).failed.update).toMatchObject({ code: 'sftp_auth', at: NOW + 1_000 })
    expect(after(failed, reportAt(NOW + MINUTE)).failed).toEqual({})
    expect(after(failed, reportAt(NOW + MINUTE, { route: 'export' })).failed).toEqual({})
    const other = reportAt(NOW + MINUTE, { route: 'seller' })
    expect(after(failed, other).failed.update).toBeDefined()
    expect(after(reportAt(NOW - MINUTE), failed).failed.update).toBeDefined()
  })

  it('counts a report once, and a dry run not at all', () => {
    const sent = reportAt(NOW, { offers: { ...counts, processed: 2, sent: 2 } })
    expect(after(sent, sent).totals.offers.sent).toBe(2)
    expect(after({ ...sent, dryRun: true }).totals.offers).toEqual({})
  })

  it('does not take an update with an abandoned source for a success', () => {
    const source = { read: 1, offers: counts }
    const partly = (status: 'complete' | 'failed') =>
      reportAt(NOW, { status: 'completedWithErrors', sources: { own: { ...source, status } } })
    expect(after(partly('complete')).lastUpdate).toBeDefined()
    expect(after(partly('failed')).lastUpdate).toBeUndefined()
  })

  it('does not take an export for a success whose imports failed in Intershop', () => {
    const failure = {
      skuId: 1,
      sellerId: '1',
      code: 'icm_import' as const,
      message: 'Intershop did not ...',
    }
    const source = { status: 'complete', read: 1, offers: counts } as const
    const unimported = reportAt(NOW, {
      ...{ status: 'completedWithErrors', sources: { own: source } },
      ...{ failures: [failure], failureCodes: { icm_import: 1 } },
    })
    const { lastUpdate, errors } = after(unimported)
    expect(lastUpdate).toBeUndefined()
    expect(errors).toMatchObject({ intershop: { code: 'icm_import' } })
  })

  it('keeps what needs manual action until a full export succeeds', () => {
    const abandoned = reportAt(NOW, { manualAction: [1, 2] })
    expect(after(abandoned, reportAt(NOW + MINUTE)).manualAction).toMatchObject({ skus: 2 })
    const full = reportAt(NOW + MINUTE, { route: 'export' })
    expect(after(abandoned, full).manualAction).toBeUndefined()
  })
})
