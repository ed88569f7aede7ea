import { sum, values } from 'ramda'
import { z } from 'zod'
import { STOCK } from '../common/paths'
import type { Schedules } from '../exports/exportAnswers'
import type { Summary } from '../exports/summary'

/** Whether stock reaches Intershop. */
export const STATES = ['ok', 'late', 'actionRequired', 'paused'] as const

export type State = (typeof STATES)[number]

/** Without a successful update for so many scheduled calls, stock is late. */
export const CALLS_UNTIL_LATE = 3
/** Intershop imports every few minutes: an older file waits for nothing. */
const WAITING_SECONDS = 1_800

const actionRequired = (action: string) => ({ state: 'actionRequired', action }) as const
const late = {
  state: 'late',
  action: 'See lastErrors, and the queued and running exports.',
} as const
const paused = (action: string) => ({ state: 'paused', action }) as const

/** Why it does not: the state that this leads to, and what helps. Clients go by these codes: they stay. */
const REASONS = {
  settings_invalid: actionRequired("Correct the setting in the VTEX Admin, in the app's settings."),
  schedule_invalid: actionRequired("Correct the schedule in the app's settings."),
  schedule_not_registered: actionRequired(
    'The app retries every minute. If it stays so, see schedule.notRegistered in the log.'
  ),
  export_failed: actionRequired('Its report says why. Remove the cause, then start it again.'),
  offers_held: actionRequired(
    `Look at them. If the zeros are correct: POST ${STOCK}/held/release, else correct the source.`
  ),
  manual_action: actionRequired(
    'See manualAction in the last reports, correct these SKUs or rows, then export everything.'
  ),
  files_waiting: actionRequired("Check Intershop's import job and its log."),
  update_late: late,
  no_update_yet: late,
  no_update_schedule: paused(
    "Set updateSchedule in the app's settings, or have another scheduler call update."
  ),
  workspace_dry: paused(
    'Exports are dry runs here. Use the production workspace, or set deliverFromWorkspace.'
  ),
} satisfies Record<string, { state: State; action: string }>

export type ReasonCode = keyof typeof REASONS

/** A reason in the answer of `GET /status`. */
export const reasonSchema = z.object({
  code: z.enum(Object.keys(REASONS) as ReasonCode[]),
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
export interface Facts extends Pick<Summary, 'failed' | 'held' | 'manualAction' | 'drop'> {
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
}

const URGENCY: readonly State[] = ['actionRequired', 'late', 'paused']

/** Judges whether stock reaches Intershop; the most urgent reason first, none if it does. A pure function. */
export function healthOf(facts: Facts): { state: State; reasons: Reason[] } {
  const reasons = [...setupProblems(facts), ...exportProblems(facts), ...missingUpdates(facts)]
  const states = new Set<State>(reasons.map(({ code }) => REASONS[code].state))
  return { state: URGENCY.find((state) => states.has(state)) ?? 'ok', reasons }
}

const reason = (
  code: ReasonCode,
  message: string,
  numbers: Reason['numbers'] = {},
  call?: Reason['call']
): Reason => ({ code, message, numbers, action: REASONS[code].action, ...(call && { call }) })

const get = (path: string) => ({ method: 'GET', path: `${STOCK}${path}` }) as const
const post = (path: string) => ({ method: 'POST', path: `${STOCK}${path}` }) as const

function* setupProblems({
  settingsProblem,
  schedules: { update, full },
}: Facts): Generator<Reason> {
  if (settingsProblem !== undefined) yield reason('settings_invalid', settingsProblem)
  for (const each of [update, full]) {
    if (each.status === 'invalid') yield reason('schedule_invalid', each.problem)
  }
  const left = [update, full].filter(({ status }) => status === 'notRegistered').length
  if (left > 0) {
    const message = `${left} of 2 schedules are not registered with VTEX's scheduler.`
    yield reason('schedule_not_registered', message, { schedules: left })
  }
}

function* exportProblems({ now, failed, held, manualAction, drop }: Facts): Generator<Reason> {
  for (const [route, { exportId, at, code }] of Object.entries(failed)) {
    const message = `The last export of the route ${route} failed (${code}).`
    const numbers = { endedSecondsAgo: secondsBetween(at, now) }
    yield reason('export_failed', message, numbers, get(`/exports/${exportId}`))
  }
  const total = sum(values(held))
  if (total > 0) {
    const message = `${total} offers that are 0 now are held; Intershop still sells them.`
    yield reason('offers_held', message, { held: total, ...held }, get('/held'))
  }
  if (manualAction) {
    const { skus, rows } = manualAction
    const message = `${skus} SKUs and ${rows} rows of Centra failed ten times, and updates no longer retry them.`
    yield reason('manual_action', message, { skus, rows }, post('/export'))
  }
  const { files = 0, oldestAgeSeconds = 0 } = drop ?? {}
  if (files > 0 && oldestAgeSeconds > WAITING_SECONDS) {
    const minutes = Math.round(oldestAgeSeconds / 60)
    const message = `${files} files wait for Intershop, the oldest for ${minutes} minutes.`
    yield reason('files_waiting', message, { files, oldestAgeSeconds })
  }
}

function* missingUpdates(facts: Facts): Generator<Reason> {
  const { now, lastUpdateCalls, lastSuccessAt, delivers, schedules } = facts
  const since = lastUpdateCalls[CALLS_UNTIL_LATE - 1]
  if (since !== undefined && lastSuccessAt === undefined) {
    yield reason('no_update_yet', 'No update has ended successfully yet.', {}, get('/exports'))
  } else if (since !== undefined && lastSuccessAt !== undefined && lastSuccessAt < since) {
    const ageSeconds = secondsBetween(lastSuccessAt, now)
    const message = `The last successful update ended ${Math.round(ageSeconds / 60)} minutes ago; ${CALLS_UNTIL_LATE} scheduled calls have passed since.`
    const numbers = { ageSeconds, scheduledCalls: CALLS_UNTIL_LATE }
    yield reason('update_late', message, numbers, get('/exports'))
  }
  if (!delivers) {
    const message = 'This workspace is not production and deliverFromWorkspace does not name it.'
    yield reason('workspace_dry', message)
  } else if (schedules.update.status === 'none') {
    const message = 'updateSchedule is empty: VTEX starts no updates.'
    yield reason('no_update_schedule', message, {}, post('/update'))
  }
}

const secondsBetween = (from: number, to: number) => Math.max(0, Math.round((to - from) / 1_000))
