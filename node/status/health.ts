import { STOCK } from '../common/paths'
import type { ScheduleState } from '../schedules/reconcile'
import { STOCK_SOURCES, type StockSource } from '../sources/source'

/** Whether stock reaches Intershop. */
export const STATES = ['ok', 'late', 'actionRequired', 'paused'] as const

export type State = (typeof STATES)[number]

/** Why it does not. Clients go by these codes: they stay. */
export const REASONS = [
  'settings_invalid',
  'schedule_invalid',
  'schedule_not_registered',
  'export_failed',
  'offers_held',
  'manual_action',
  'files_waiting',
  'update_late',
  'no_update_yet',
  'no_update_schedule',
  'workspace_dry',
] as const

export type ReasonCode = (typeof REASONS)[number]

export interface Reason {
  code: ReasonCode
  message: string
  numbers: Record<string, number>
  /** What helps, for people. */
  action: string
  /** The exact call that helps. */
  call?: { method: 'GET' | 'POST'; path: string; body?: Record<string, unknown> }
}

/** What the judgement goes by. Times are UTC milliseconds. */
export interface Facts {
  now: number
  /** Why the settings are invalid; absent if they are valid. */
  settingsProblem?: string | undefined
  /** Whether exports of this workspace reach Intershop. */
  delivers: boolean
  schedules: {
    update: ScheduleState
    full: ScheduleState
    /** Since when registering them has failed again and again. Alerts go by it. */
    failingSince?: number | undefined
  }
  /** When the update schedule should have called the last three times, newest first; empty without a schedule. */
  lastUpdateCalls: readonly number[]
  /** End of the last successful update or export of everything. */
  lastSuccessAt?: number | undefined
  /** Failed exports that no later success has made up for. */
  failed: readonly { exportId: string; route: string; endedAt: number; code: string }[]
  held: Record<StockSource, number>
  /** SKUs, and rows of Centra, that updates no longer retry. */
  manualAction: { skus: number; rows: number }
  /** Files in Intershop's directory. */
  drop?: { files: number; oldestAgeSeconds?: number | undefined } | undefined
}

export interface Health {
  state: State
  /** The most urgent first; empty if the state is `ok`. */
  reasons: Reason[]
}

/** Without a successful update for so many scheduled calls, stock is late. */
export const CALLS_UNTIL_LATE = 3
/** Intershop imports every few minutes: an older file waits for nothing. */
const WAITING_SECONDS = 1_800

/** The state that each reason leads to; the first state that applies is the account's. */
const STATE_OF: Record<ReasonCode, State> = {
  settings_invalid: 'actionRequired',
  schedule_invalid: 'actionRequired',
  schedule_not_registered: 'actionRequired',
  export_failed: 'actionRequired',
  offers_held: 'actionRequired',
  manual_action: 'actionRequired',
  files_waiting: 'actionRequired',
  update_late: 'late',
  no_update_yet: 'late',
  no_update_schedule: 'paused',
  workspace_dry: 'paused',
}

const URGENCY: readonly State[] = ['actionRequired', 'late', 'paused']

/** Judges whether stock reaches Intershop. A pure function. */
export function healthOf(facts: Facts): Health {
  const reasons = [
    ...settings(facts),
    ...schedules(facts),
    ...failed(facts),
    ...held(facts),
    ...manualAction(facts),
    ...drop(facts),
    ...late(facts),
    ...paused(facts),
  ]
  const states = new Set(reasons.map(({ code }) => STATE_OF[code]))
  return { state: URGENCY.find((state) => states.has(state)) ?? 'ok', reasons }
}

function settings({ settingsProblem: message }: Facts): Reason[] {
  if (message === undefined) return []
  const action = "Correct the setting in the VTEX Admin, in the app's settings."
  return [{ code: 'settings_invalid', message, numbers: {}, action }]
}

function schedules({ schedules: { update, full } }: Facts): Reason[] {
  const states = [update, full]
  const problems = states.flatMap((each) => (each.status === 'invalid' ? [each.problem] : []))
  const left = states.filter(({ status }) => status === 'notRegistered')
  return [
    ...problems.map((message) => ({
      ...{ code: 'schedule_invalid' as const, message, numbers: {} },
      action: "Correct the schedule in the app's settings.",
    })),
    ...(left.length === 0
      ? []
      : [
          {
            code: 'schedule_not_registered' as const,
            message: `${left.length} of 2 schedules are not registered with VTEX's scheduler.`,
            numbers: { schedules: left.length },
            action:
              'The app retries every minute. If it stays so, see schedule.notRegistered in the log.',
          },
        ]),
  ]
}

const failed = ({ failed: exports, now }: Facts): Reason[] =>
  exports.map(({ exportId, route, endedAt, code }) => ({
    code: 'export_failed',
    message: `The last export of the route ${route} failed (${code}).`,
    numbers: { endedSecondsAgo: secondsBetween(endedAt, now) },
    action: 'Its report says why. Remove the cause, then start it again.',
    call: { method: 'GET', path: `${STOCK}/exports/${exportId}` },
  }))

function held({ held: bySource }: Facts): Reason[] {
  const held = STOCK_SOURCES.reduce((sum, source) => sum + bySource[source], 0)
  if (held === 0) return []
  return [
    {
      code: 'offers_held',
      message: `${held} offers that are 0 now are held; Intershop still sells them.`,
      numbers: { held, ...bySource },
      action: `Look at them. If the zeros are correct: POST ${STOCK}/held/release, else correct the source.`,
      call: { method: 'GET', path: `${STOCK}/held` },
    },
  ]
}

function manualAction({ manualAction: { skus, rows } }: Facts): Reason[] {
  if (skus + rows === 0) return []
  return [
    {
      code: 'manual_action',
      message: `${skus} SKUs and ${rows} rows of Centra failed ten times, and updates no longer retry them.`,
      numbers: { skus, rows },
      action:
        'See manualAction in the last reports, correct these SKUs or rows, then export everything.',
      call: { method: 'POST', path: `${STOCK}/export` },
    },
  ]
}

function drop({ drop: found }: Facts): Reason[] {
  const { files = 0, oldestAgeSeconds = 0 } = found ?? {}
  if (files === 0 || oldestAgeSeconds <= WAITING_SECONDS) return []
  return [
    {
      code: 'files_waiting',
      message: `${files} files wait for Intershop, the oldest for ${Math.round(oldestAgeSeconds / 60)} minutes.`,
      numbers: { files, oldestAgeSeconds },
      action: "Check Intershop's import job and its log.",
    },
  ]
}

function late({ now, lastUpdateCalls, lastSuccessAt }: Facts): Reason[] {
  const since = lastUpdateCalls[CALLS_UNTIL_LATE - 1]
  if (since === undefined || (lastSuccessAt ?? 0) >= since) return []
  const call = { method: 'GET' as const, path: `${STOCK}/exports` }
  const action = 'See lastErrors, and the queued and running exports.'
  if (lastSuccessAt === undefined) {
    const message = 'No update has ended successfully yet.'
    return [{ code: 'no_update_yet', message, numbers: {}, action, call }]
  }
  const seconds = secondsBetween(lastSuccessAt, now)
  return [
    {
      code: 'update_late',
      message: `The last successful update ended ${Math.round(seconds / 60)} minutes ago; ${CALLS_UNTIL_LATE} scheduled calls have passed since.`,
      numbers: { ageSeconds: seconds, scheduledCalls: CALLS_UNTIL_LATE },
      ...{ action, call },
    },
  ]
}

function paused({ delivers, schedules: { update } }: Facts): Reason[] {
  if (!delivers) {
    return [
      {
        code: 'workspace_dry',
        message: 'This workspace is not production and deliverFromWorkspace does not name it.',
        numbers: {},
        action:
          'Exports are dry runs here. Use the production workspace, or set deliverFromWorkspace.',
      },
    ]
  }
  if (update.status !== 'none') return []
  return [
    {
      code: 'no_update_schedule',
      message: 'updateSchedule is empty: VTEX starts no updates.',
      numbers: {},
      action: "Set updateSchedule in the app's settings, or have another scheduler call update.",
      call: { method: 'POST', path: `${STOCK}/update` },
    },
  ]
}

const secondsBetween = (from: number, to: number) => Math.max(0, Math.round((to - from) / 1_000))
