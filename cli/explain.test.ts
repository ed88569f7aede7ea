import { codeOfExport } from './exitCodes'
import { callOf, explain } from './explain'
import { failed, ID, incomplete, NOW, report, stuck } from './support/answers'

describe('explain', () => {
  it('says of a complete export that nothing is left', () => {
    expect(explain(report(), NOW)).toEqual({
      headline: `Export ${ID} (POST /export) is complete. It ended 5 min ago.`,
      reasons: ['Every selected SKU was read, and nothing is left.'],
      actions: [],
    })
  })

  it('says of a late export which attempt failed, when it is tried next, and how far it is', () => {
    expect(explain(stuck, NOW)).toEqual({
      headline: `Export ${ID} (POST /export) is late: it runs, but an attempt has failed.`,
      reasons: [
        'Its own stock cannot go on: no response, or 5xx (upstream_down). VTEX logistics: status 503. ' +
          '3 attempts failed since the last progress; the next one is not before 2026-03-01 12:00:08 UTC, in 8 s. ' +
          'After ten minutes without progress it is abandoned.',
        'It has read 500 of 2000 SKUs; 1500 remain.',
      ],
      actions: ["check the upstream's status"],
    })
  })

  it('says of a queued export how long it waits, and what restarts the queue', () => {
    const queued = report({ status: 'queued', skus: { read: 0 }, sources: {}, dryRun: true })
    const { headline, reasons, actions } = explain(queued, NOW)
    expect(headline).toBe(
      `Export ${ID} (POST /export?dryRun=true) waits in the queue since 10 min.`
    )
    expect(reasons).toEqual([
      expect.stringContaining('It is a dry run'),
      expect.stringContaining('Updates and time windows go before full exports'),
    ])
    expect(actions).toEqual([expect.stringContaining('any POST restarts a stalled queue')])
  })

  it('names each thing that an incomplete export left, and each action once', () => {
    const { headline, reasons, actions } = explain(incomplete, NOW)
    expect(headline).toContain('(POST /update) is incomplete.')
    expect(reasons).toEqual([
      'Its stock of Centra was not read to its end (3 read): 400, 401, 403 or a redirect (upstream_refused). ' +
        'Centra stock: status 401, Not Allowed. Nothing was set to 0 because of that.',
      '4 offers failed: 404 (upstream_missing). Intershop keeps the quantities sent last.',
      '1 offer failed: a malformed row of Centra (centra_row). Intershop keeps the quantities sent last.',
      expect.stringContaining(`GET /exports/${ID}/failures?format=csv`),
      '9 offers dropped to 0 beyond maxNewlyZeroPercent and are held: Intershop still sells the quantities sent last.',
      `1 offer without a SKU in Intershop was not sent: GET /exports/${ID}/unmapped?format=csv.`,
      'Ten updates could not read SKU 31, 32: updates no longer retry them.',
    ])
    expect(actions).toEqual([
      'check credentials and policies',
      'check the SKU in VTEX',
      'correct it in Centra',
      expect.stringContaining('intershop-stock release'),
      expect.stringContaining('an update tries them again'),
    ])
  })

  it('says of a failed export why, what helps, and how to start it again', () => {
    expect(explain(failed, NOW)).toEqual({
      headline: `Export ${ID} (POST /export/seller/a.b/time/30) failed. It ended 5 min ago.`,
      reasons: [
        'The reason: another host key than expected (sftp_host_key). Another host key than SHA256:abc.',
        expect.stringContaining('stay pending for the next update'),
      ],
      actions: ["ask the server's operator", 'start it again: POST /export/seller/a.b/time/30'],
    })
  })

  it('says the reason of a failed export once, though its source has it too', () => {
    const { error } = failed
    const own = { status: 'failed' as const, read: 0, offers: report().offers, error }
    expect(explain({ ...failed, sources: { own } }, NOW).reasons).toHaveLength(2)
  })

  it('says of a cancelled export what remains', () => {
    const { headline, reasons } = explain(report({ status: 'cancelled' }), NOW)
    expect([headline, ...reasons].join(' ')).toMatch(/was cancelled\..*already published remain/)
  })

  it('explains a merged export by the one that it was merged into', () => {
    const merged = report({ status: 'completedWithErrors', coveredBy: 'other', skus: { read: 0 } })
    const { reasons } = explain(merged, NOW, incomplete)
    expect(reasons[0]).toContain('merged into the identical export other')
    expect(reasons).toContainEqual(expect.stringContaining('9 offers dropped to 0'))
  })

  it('keeps the notes of the app, and codes that it does not know', () => {
    const error = { code: 'new_code', message: 'of a newer app' }
    const { reasons } = explain(report({ status: 'failed', error, notes: ['superset: all'] }), NOW)
    expect(reasons[0]).toBe('The reason: new_code (new_code). Of a newer app.')
    expect(reasons).toContain('Note: Superset: all.')
  })
})

describe('callOf', () => {
  it.each([
    ['update', {}, false, 'POST /update'],
    ['start', { startId: 7 }, true, 'POST /export/start/7?force=true'],
    ['seller', { sellerId: 'a' }, false, 'POST /export/seller/a'],
    ['time', { minutes: 5 }, false, 'POST /export/time/5'],
    ['release', { skus: [1] }, true, 'POST /held/release'],
  ] as const)('of %s with %j, force %s, is %s', (route, scope, force, call) => {
    expect(callOf({ route, scope: scope as object, force, dryRun: false })).toBe(call)
  })
})

describe('codeOfExport', () => {
  const onlyFailed = { ...incomplete.offers, held: 0 }

  it.each([
    [0, 'completed', report()],
    [0, 'queued', report({ status: 'queued' })],
    [0, 'running', report({ status: 'running' })],
    [1, 'running with a failed attempt', stuck],
    [1, 'cancelled', report({ status: 'cancelled' })],
    [1, 'incomplete, healed by updates', { ...incomplete, offers: onlyFailed, manualAction: [] }],
    [2, 'incomplete with held offers', { ...incomplete, manualAction: [] }],
    [2, 'incomplete with SKUs that updates no longer retry', { ...incomplete, offers: onlyFailed }],
    [2, 'failed', failed],
  ])('is %i for an export that is %s', (code, _, subject) => {
    expect(codeOfExport(subject)).toBe(code)
  })
})
