import type { Outcome } from './client'
import type { TrackedExport } from './export-tracker'
import { type ChaosResult, findProblems, tally } from './verdict'

const CHAOS_ENDED_AT = Date.UTC(2026, 0, 5, 10, 5)
const DURING_CHAOS = '2026-01-05T10:04:59.000Z'
const AFTERWARDS = '2026-01-05T10:05:01.000Z'

const tracked = (more: Partial<Outcome> = {}): TrackedExport => ({
  exportId: 'e1',
  path: '/export',
  outcome: {
    exportId: 'e1',
    status: 'completed',
    acceptedAt: '2026-01-05T10:00:00.000Z',
    endedAt: DURING_CHAOS,
    ...more,
  },
})

const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one)

const result = (more: Partial<ChaosResult> = {}): ChaosResult => ({
  minutes: 5,
  chaosEndedAt: CHAOS_ENDED_AT,
  accepted: times(20, tracked()),
  last: tracked({ endedAt: AFTERWARDS }),
  leftOpen: 0,
  falseZeros: [],
  leaks: { found: 0, places: [] },
  comparison: {
    expected: 10,
    sources: [],
    inIntershop: 10,
    matching: 10,
    differing: 0,
    missing: 0,
    removed: 0,
    surplus: 0,
    examples: { differing: [], missing: [], surplus: [] },
  },
  ...more,
})

const compared = (more: Partial<ChaosResult['comparison']>) => ({
  comparison: { ...result().comparison, ...more },
})

it('findProblems finds none in a run that lost nothing', () => {
  expect(findProblems(result())).toEqual([])
})

it('tally counts merged exports and those with errors as completed', () => {
  const accepted = [
    ...times(10, tracked({ coveredBy: 'e0' })),
    ...times(10, tracked({ status: 'completedWithErrors' })),
  ]
  expect(findProblems(result({ accepted }))).toEqual([])
  expect(tally({ accepted, chaosEndedAt: CHAOS_ENDED_AT })).toMatchObject({
    completed: 10,
    completedWithErrors: 10,
    merged: 10,
    completedInChaos: 20,
  })
})

it('findProblems expects four completed exports per minute of the chaos run', () => {
  const late = tracked({ endedAt: AFTERWARDS })
  const accepted = [...times(19, tracked()), ...times(9, late)]
  expect(findProblems(result({ accepted }))).toEqual([
    '19 exports completed during the chaos run: expected at least 20',
  ])
  expect(findProblems(result({ accepted, minutes: 4.75 }))).toEqual([])
})

const open: TrackedExport = tracked({ status: 'running', endedAt: undefined })

it.each<[string, Partial<ChaosResult>, string]>([
  ['an export that never ended', { accepted: [...times(20, tracked()), open] }, 'never ended'],
  [
    'an export that the app does not know',
    { accepted: [...times(20, tracked()), { ...open, outcome: 'unknown' }] },
    'e1 /export: unknown',
  ],
  [
    'an export of which nothing is known',
    { accepted: [...times(20, tracked()), { exportId: 'e2', path: '/update' }] },
    'e2 /update: no response',
  ],
  [
    'a failed export',
    {
      accepted: [
        ...times(20, tracked()),
        tracked({ status: 'failed', error: { code: 'sftp_auth', message: 'no' } }),
      ],
    },
    'failed (sftp_auth: no)',
  ],
  ['an export that is open at the end', { leftOpen: 1 }, '1 exports are still open'],
  ['no last export', { last: undefined }, 'not accepted'],
  ['a last export that failed', { last: tracked({ status: 'failed' }) }, 'after the chaos run'],
  ['a last export that did not end', { last: open }, 'after the chaos run'],
  ['an offer that differs', compared({ differing: 2 }), '2 offers differ'],
  ['an offer that is missing', compared({ missing: 1 }), '1 offers are missing'],
  ['an offer of no SKU', compared({ surplus: 1 }), 'in no source'],
  ['a false zero', { falseZeros: [{ offerSku: 'R7', file: 'stock.xml' }] }, 'R7 in stock.xml'],
  ['a leak', { leaks: { found: 3, places: ['app.log, line 2'] } }, '3 texts contain a secret'],
])('findProblems reports %s, and nothing else', (_, wrong, message) => {
  const problems = findProblems(result(wrong))
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(message)
})
