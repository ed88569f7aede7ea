import type { Outcome } from './client'
import type { Followed } from './follow'
import { complaints, type StormResult, tally } from './verdict'

const QUIET_AT = Date.UTC(2026, 0, 5, 10, 5)
const IN_THE_STORM = '2026-01-05T10:04:59.000Z'
const AFTERWARDS = '2026-01-05T10:05:01.000Z'

const followed = (more: Partial<Outcome> = {}): Followed => ({
  exportId: 'e1',
  path: '/export',
  outcome: {
    exportId: 'e1',
    status: 'completed',
    acceptedAt: '2026-01-05T10:00:00.000Z',
    endedAt: IN_THE_STORM,
    ...more,
  },
})

const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one)

const result = (more: Partial<StormResult> = {}): StormResult => ({
  minutes: 5,
  quietAt: QUIET_AT,
  accepted: times(20, followed()),
  last: followed({ endedAt: AFTERWARDS }),
  leftOpen: 0,
  falseZeros: [],
  leaks: { seen: 0, places: [] },
  comparison: {
    expected: 10,
    sources: [],
    inIntershop: 10,
    matching: 10,
    differing: 0,
    missing: 0,
    gone: 0,
    surplus: 0,
    examples: { differing: [], missing: [], surplus: [] },
  },
  ...more,
})

const compared = (more: Partial<StormResult['comparison']>) => ({
  comparison: { ...result().comparison, ...more },
})

it('findProblems finds none in a run that lost nothing', () => {
  expect(complaints(result())).toEqual([])
})

it('tally counts merged exports and those with errors as completed', () => {
  const accepted = [
    ...times(10, followed({ coveredBy: 'e0' })),
    ...times(10, followed({ status: 'completedWithErrors' })),
  ]
  expect(complaints(result({ accepted }))).toEqual([])
  expect(tally({ accepted, quietAt: QUIET_AT })).toMatchObject({
    completed: 10,
    completedWithErrors: 10,
    covered: 10,
    throughStorm: 20,
  })
})

it('findProblems expects four completed exports per minute of the chaos run', () => {
  const late = followed({ endedAt: AFTERWARDS })
  const accepted = [...times(19, followed()), ...times(9, late)]
  expect(complaints(result({ accepted }))).toEqual([
    '19 exports completed in the storm: expected 20 at least',
  ])
  expect(complaints(result({ accepted, minutes: 4.75 }))).toEqual([])
})

const open: Followed = followed({ status: 'running', endedAt: undefined })

it.each<[string, Partial<StormResult>, string]>([
  ['an export that never ended', { accepted: [...times(20, followed()), open] }, 'never ended'],
  [
    'an export that the app does not know',
    { accepted: [...times(20, followed()), { ...open, outcome: 'unknown' }] },
    'e1 /export: unknown',
  ],
  [
    'an export of which nothing is known',
    { accepted: [...times(20, followed()), { exportId: 'e2', path: '/update' }] },
    'e2 /update: silent',
  ],
  [
    'a failed export',
    {
      accepted: [
        ...times(20, followed()),
        followed({ status: 'failed', error: { code: 'sftp_auth', message: 'no' } }),
      ],
    },
    'failed (sftp_auth: no)',
  ],
  ['an export that is open at the end', { leftOpen: 1 }, '1 exports are still open'],
  ['no last export', { last: undefined }, 'not accepted'],
  ['a last export that failed', { last: followed({ status: 'failed' }) }, 'after the storm'],
  ['a last export that did not end', { last: open }, 'after the storm'],
  ['an offer that differs', compared({ differing: 2 }), '2 offers differ'],
  ['an offer that is missing', compared({ missing: 1 }), '1 offers are missing'],
  ['an offer of no SKU', compared({ surplus: 1 }), 'in no source'],
  ['a false zero', { falseZeros: [{ offerSku: 'R7', file: 'stock.xml' }] }, 'R7 in stock.xml'],
  ['a leak', { leaks: { seen: 3, places: ['app.log, line 2'] } }, '3 times a secret was seen'],
])('findProblems reports %s, and nothing else', (_, wrong, message) => {
  const said = complaints(result(wrong))
  expect(said).toHaveLength(1)
  expect(said[0]).toContain(message)
})
