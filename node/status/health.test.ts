import { type Facts, healthOf } from './health'

const NOW = Date.UTC(2026, 10, 21, 12)
const AT = new Date(NOW).toISOString()
const MINUTE = 60_000

const registered = { status: 'registered', expression: '*/5 * * * *' } as const

const well: Facts = {
  now: NOW,
  delivers: true,
  schedules: { update: registered, full: registered },
  lastUpdateCalls: [NOW - MINUTE, NOW - 6 * MINUTE, NOW - 11 * MINUTE],
  lastSuccessAt: NOW - 5 * MINUTE,
  failed: {},
  held: { own: 0, centra: 0, sellers: 0 },
}

const judged = (more: Partial<Facts>) => {
  const { state, reasons } = healthOf({ ...well, ...more })
  return [state, ...reasons.map(({ code }) => code)]
}

const failed = { update: { exportId: 'e', at: NOW - MINUTE, code: 'sftp_auth', message: 'm' } }
const none = { status: 'none' } as const

describe('healthOf', () => {
  it('returns ok without reasons if nothing is wrong', () => {
    expect(healthOf(well)).toEqual({ state: 'ok', reasons: [] })
  })

  it.each<[string, Partial<Facts>, string[]]>([
    ['settings', { settingsProblem: 'sftpHost: ...' }, ['actionRequired', 'settings_invalid']],
    ['a failed export', { failed }, ['actionRequired', 'export_failed']],
    ['held offers', { held: { own: 0, centra: 1, sellers: 2 } }, ['actionRequired', 'offers_held']],
    [
      'abandoned SKUs',
      { manualAction: { skus: 1, rows: 0, exportId: 'e' } },
      ['actionRequired', 'manual_action'],
    ],
    [
      'an unregistered schedule',
      { schedules: { update: { ...registered, status: 'notRegistered' }, full: none } },
      ['actionRequired', 'schedule_not_registered'],
    ],
    [
      'a wrong schedule',
      { schedules: { update: { status: 'invalid', problem: 'p' }, full: none } },
      ['actionRequired', 'schedule_invalid'],
    ],
    [
      'an old file',
      { drop: { files: 2, oldestAgeSeconds: 1_801, observedAt: AT } },
      ['actionRequired', 'files_waiting'],
    ],
    ['no success yet', { lastSuccessAt: undefined }, ['late', 'no_update_yet']],
    [
      'no success since the third last call',
      { lastSuccessAt: NOW - 12 * MINUTE },
      ['late', 'update_late'],
    ],
    [
      'no schedule',
      { schedules: { update: none, full: registered }, lastUpdateCalls: [] },
      ['paused', 'no_update_schedule'],
    ],
    ['a test workspace', { delivers: false }, ['paused', 'workspace_dry']],
  ])('judges by %s', (_what, more, expected) => {
    expect(judged(more)).toEqual(expected)
  })

  it('returns ok for young files, and with a success after the third last call', () => {
    expect(judged({ drop: { files: 9, oldestAgeSeconds: 1_800, observedAt: AT } })).toEqual(['ok'])
    expect(judged({ lastSuccessAt: NOW - 10 * MINUTE })).toEqual(['ok'])
  })

  it('prefers what needs an action to what is late, and that to paused', () => {
    const late = { lastSuccessAt: NOW - 60 * MINUTE }
    expect(judged({ ...late, failed })).toEqual(['actionRequired', 'export_failed', 'update_late'])
    expect(judged({ ...late, delivers: false })).toEqual(['late', 'update_late', 'workspace_dry'])
  })

  it('names the number of held offers and the call that shows them', () => {
    const [reason] = healthOf({ ...well, held: { own: 0, centra: 1, sellers: 2 } }).reasons
    expect(reason?.numbers).toEqual({ held: 3, own: 0, centra: 1, sellers: 2 })
    expect(reason?.call).toEqual({ method: 'GET', path: '/_v/intershop/stock/held' })
  })
})
