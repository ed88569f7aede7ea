import { sum, values } from 'ramda'
import { z } from 'zod'
import { STOCK } from '../common/paths'
import type { Schedules } from '../exports/exportAnswers'
import type { Summary } from '../exports/summary'

/** Whether stock reaches Intershop. */
export const STATES = ['ok', 'late', 'actionRequired', 'paused'] as const

export type State = (typeof STATES)[number]

/** Why it does not, and the state that this leads to. Clients go by these codes: they stay. */
const STATE_OF = {
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
} as const satisfies Record<string, State>

export type ReasonCode = keyof typeof STATE_OF

/** A reason in the answer of `GET /status`. */
export const reasonSchema = z.object({
  code: z.enum(Object.keys(STATE_OF) as ReasonCode[]),
  message: z.string(),
  numbers: z.record(z.string(), z.number()),
  action: z.string().describe('What helps'),
  call: z
    .object({
      method: z.enum(['GET', 'POST']),
      path: z.string(),
      body: z.record(z.string(), z.unknown()).optional(),
    })
    .optional()
    .describe('The call that helps, if one does'),
})

type Reason = z.infer<typeof reasonSchema>

/** What the judgement goes by. Times are UTC milliseconds. */
export interface Facts extends Pick<Summary, 'failed' | 'held'> {
  now: number
  /** Why the settings are invalid; absent if they are valid. */
  settingsProblem?: string | undefined
  /** Whether exports of this workspace reach Intershop. */
  delivers: boolean
  schedules: Schedules & {
    /** Since when registering them has failed again and again. Alerts go by it. */
    failingSince?: number | undefined
  }
  /** When the update schedule should have called the last three times, newest first; empty without a schedule. */
  lastUpdateCalls: readonly number[]
  /** End of the last successful update or export of everything. */
  lastSuccessAt?: number | undefined
  /** SKUs, and rows of Centra, that updates no longer retry. */
  manualAction?: { skus: number; rows: number } | undefined
  /** Files in Intershop's directory. */
  drop?: { files: number; oldestAgeSeconds?: number | undefined } | undefined
}

/** Without a successful update for so many scheduled calls, stock is late. */
export const CALLS_UNTIL_LATE = 3
/** Intershop imports every few minutes: an older file waits for nothing. */
const WAITING_SECONDS = 1_800

const URGENCY: readonly State[] = ['actionRequired', 'late', 'paused']

/** Judges whether stock reaches Intershop; the most urgent reason first, none if it does. A pure function. */
export function healthOf(facts: Facts): { state: State; reasons: Reason[] } {
  const judgements = [settings, schedules, failed, held, manualAction, drop, late, paused]
  const reasons = judgements.flatMap((judge): Reason | Reason[] => judge(facts) ?? [])
  const states = new Set<State>(reasons.map(({ code }) => STATE_OF[code]))
  return { state: URGENCY.find((state) => states.has(state)) ?? 'ok', reasons }
}

function settings({ settingsProblem: message }: Facts): Reason | undefined {
  if (message === undefined) return undefined
  const action = "Correct the setting in the VTEX Admin, in the app's settings."
  return { code: 'settings_invalid', message, numbers: {}, action }
}

function schedules({ schedules: { update, full } }: Facts): Reason[] {
  const reasons = [update, full].flatMap((each): Reason[] => {
    if (each.status !== 'invalid') return []
    const action = "Correct the schedule in the app's settings."
    return [{ code: 'schedule_invalid', message: each.problem, numbers: {}, action }]
  })
  const left = [update, full].filter(({ status }) => status === 'notRegistered').length
  if (left === 0) return reasons
  const notRegistered: Reason = {
    code: 'schedule_not_registered',
    message: `${left} of 2 schedules are not registered with VTEX's scheduler.`,
    numbers: { schedules: left },
    action: 'The app retries every minute. If it stays so, see schedule.notRegistered in the log.',
  }
  return [...reasons, notRegistered]
}

const failed = ({ failed: exports, now }: Facts): Reason[] =>
  Object.entries(exports).map(([route, { exportId, at, code }]) => ({
    code: 'export_failed',
    message: `The last export of the route ${route} failed (${code}).`,
    numbers: { endedSecondsAgo: secondsBetween(at, now) },
    action: 'Its report says why. Remove the cause, then start it again.',
    call: { method: 'GET', path: `${STOCK}/exports/${exportId}` },
  }))

function held({ held: bySource }: Facts): Reason | undefined {
  const held = sum(values(bySource))
  if (held === 0) return undefined
  return {
    code: 'offers_held',
    message: `${held} offers that are 0 now are held; Intershop still sells them.`,
    numbers: { held, ...bySource },
    action: `Look at them. If the zeros are correct: POST ${STOCK}/held/release, else correct the source.`,
    call: { method: 'GET', path: `${STOCK}/held` },
  }
}

function manualAction({ manualAction: abandoned }: Facts): Reason | undefined {
  if (!abandoned) return undefined
  const { skus, rows } = abandoned
  return {
    code: 'manual_action',
    message: `${skus} SKUs and ${rows} rows of Centra failed ten times, and updates no longer retry them.`,
    numbers: { skus, rows },
    action:
      'See manualAction in the last reports, correct these SKUs or rows, then export everything.',
    call: { method: 'POST', path: `${STOCK}/export` },
  }
}

function drop({ drop: found }: Facts): Reason | undefined {
  const { files = 0, oldestAgeSeconds = 0 } = found ?? {}
  if (files === 0 || oldestAgeSeconds <= WAITING_SECONDS) return undefined
  return {
    code: 'files_waiting',
    message: `${files} files wait for Intershop, the oldest for ${Math.round(oldestAgeSeconds / 60)} minutes.`,
    numbers: { files, oldestAgeSeconds },
    action: "Check Intershop's import job and its log.",
  }
}

function late({ now, lastUpdateCalls, lastSuccessAt }: Facts): Reason | undefined {
  const since = lastUpdateCalls[CALLS_UNTIL_LATE - 1]
  if (since === undefined || (lastSuccessAt ?? 0) >= since) return undefined
  const call = { method: 'GET', path: `${STOCK}/exports` } as const
  const action = 'See lastErrors, and the queued and running exports.'
  if (lastSuccessAt === undefined) {
    const message = 'No update has ended successfully yet.'
    return { code: 'no_update_yet', message, numbers: {}, action, call }
  }
  const ageSeconds = secondsBetween(lastSuccessAt, now)
  return {
    code: 'update_late',
    message: `The last successful update ended ${Math.round(ageSeconds / 60)} minutes ago; ${CALLS_UNTIL_LATE} scheduled calls have passed since.`,
    numbers: { ageSeconds, scheduledCalls: CALLS_UNTIL_LATE },
    ...{ action, call },
  }
}

function paused({ delivers, schedules: { update } }: Facts): Reason | undefined {
  if (!delivers) {
    const message = 'This workspace is not production and deliverFromWorkspace does not name it.'
    const action =
      'Exports are dry runs here. Use the production workspace, or set deliverFromWorkspace.'
    return { code: 'workspace_dry', message, numbers: {}, action }
  }
  if (update.status !== 'none') return undefined
  return {
    code: 'no_update_schedule',
    message: 'updateSchedule is empty: VTEX starts no updates.',
    numbers: {},
    action: "Set updateSchedule in the app's settings, or have another scheduler call update.",
    call: { method: 'POST', path: `${STOCK}/update` },
  }
}

const secondsBetween = (from: number, to: number) => Math.max(0, Math.round((to - from) / 1_000))
