import type { Facts } from '../status/health'
import type { Due } from './alertState'
import { mailData, webhookBody } from './messages'
import { problemsIn } from './problems'

const NOW = Date.UTC(2026, 10, 27, 12)
const AT = new Date(NOW).toISOString()
const MINUTE = 60_000

const well: Facts = {
  ...{ now: NOW, delivers: true, lastUpdateCalls: [NOW, NOW - 5 * MINUTE, NOW - 10 * MINUTE] },
  schedules: {
    update: { status: 'registered', expression: '*/5 * * * *' },
    full: { status: 'registered', expression: '0 3 * * *' },
  },
  ...{ lastSuccessAt: NOW - MINUTE, failed: {} },
  held: { own: 0, centra: 0, sellers: 0 },
}

const failure = (exportId: string, at: number) => ({
  ...{ exportId, at, code: 'sftp_auth', message: 'm' },
})

describe('problemsIn', () => {
  it('finds none while stock reaches Intershop', () => {
    expect(problemsIn(well)).toEqual([])
  })

  it.each<[string, Partial<Facts>, object]>([
    [
      'export_failed',
      { failed: { update: failure('e1', NOW - MINUTE), seller: failure('e2', NOW - 9 * MINUTE) } },
      { since: NOW - 9 * MINUTE, exportId: 'e1', message: expect.stringContaining('sftp_auth') },
    ],
    ['offers_held', { held: { own: 3, centra: 0, sellers: 4 } }, { since: NOW }],
    [
      'update_late',
      { lastSuccessAt: NOW - 11 * MINUTE },
      { since: NOW - 11 * MINUTE, message: expect.stringContaining('11 minutes') },
    ],
    [
      'files_waiting',
      { drop: { files: 2, oldestAgeSeconds: 1_860, observedAt: AT } },
      { since: NOW - 31 * MINUTE },
    ],
    [
      'schedule_not_registered',
      {
        schedules: {
          update: { status: 'invalid', problem: 'updateSchedule: expected five cron fields' },
          full: { status: 'notRegistered', expression: '0 3 * * *' },
        },
      },
      { message: expect.stringMatching(/five cron fields.* not registered/) },
    ],
  ])('finds %s once, with its begin', (kind, facts, expected) => {
    expect(problemsIn({ ...well, ...facts })).toMatchObject([{ kind, ...expected }])
  })

  it('says for certain that a schedule lacks only once registering it has failed for minutes', () => {
    const left = { status: 'notRegistered', expression: '0 3 * * *' } as const
    const { update } = well.schedules
    const found = (more: Partial<Facts['schedules']>) =>
      problemsIn({ ...well, schedules: { update, full: left, ...more } })
    const kind = 'schedule_not_registered'
    expect(found({})).toMatchObject([{ kind, isUncertain: true }])
    const since = NOW - 4 * MINUTE
    expect(found({ failingSince: since })).toMatchObject([{ kind, since, isUncertain: false }])
    const invalid = { status: 'invalid', problem: 'updateSchedule: x' } as const
    expect(found({ update: invalid })).toMatchObject([{ kind, isUncertain: false }])
  })

  it.each<[string, Partial<Facts>]>([
    ['two intervals without an update', { lastSuccessAt: NOW - 9 * MINUTE }],
    ['files of 30 minutes', { drop: { files: 2, oldestAgeSeconds: 1_800, observedAt: AT } }],
    ['no schedule', { lastUpdateCalls: [], lastSuccessAt: undefined }],
    ['SKUs that updates no longer retry', { manualAction: { skus: 1, rows: 0, exportId: 'e' } }],
  ])('tells nobody of %s', (_, facts) => {
    expect(problemsIn({ ...well, ...facts })).toEqual([])
  })
})

describe('messages', () => {
  const origin = { account: 'acme', workspace: 'master' }
  const [problem] = problemsIn({ ...well, failed: { update: failure('e1', NOW - MINUTE) } })
  const begun: Due = {
    ...{ channel: 'mail', kind: 'export_failed', state: 'begun', attempt: 1 },
    ...{ since: NOW - MINUTE, exportId: 'e1', problem },
  }
  const over: Due = { ...begun, state: 'over', until: NOW, problem: undefined }

  it('webhookBody says what, since when, what to do, and the call to look at it', () => {
    expect(webhookBody(begun, origin)).toEqual({
      ...{ v: 1, kind: 'export_failed', state: 'begun', ...origin, exportId: 'e1' },
      title: 'An export failed',
      message: problem?.message,
      action: problem?.action,
      since: '2026-11-27T11:59:00.000Z',
      call: {
        method: 'GET',
        url: 'https://master--acme.myvtex.com/_v/intershop/stock/exports/e1',
      },
    })
    expect(webhookBody(over, origin)).toMatchObject({
      ...{ state: 'over', title: 'Over: An export failed', exportId: 'e1' },
      ...{ since: '2026-11-27T11:59:00.000Z', until: '2026-11-27T12:00:00.000Z' },
    })
  })

  it('mailData groups messages that are due together', () => {
    const data = mailData('ops@example.com', [begun, over], origin)
    expect(data.subject).toBe('Intershop stock of acme: An export failed (and 1 more)')
    expect(data.alerts).toMatchObject([{ until: '' }, { until: '2026-11-27T12:00:00.000Z' }])
  })
})
