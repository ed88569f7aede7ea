import type { IOContext } from '@vtex/api'
import { CronExpressionParser } from 'cron-parser'
import type { ScheduledCall } from '../clients/scheduler'
import { defaultOf, parseTokens, readSetting, tokenProblems } from '../settings/settings'

/** When the scheduler is to call one of the routes: at some time, at none, or at one that cannot be read. */
export type Schedule = { expression: string } | { problem: string } | { none: true }

/** What VTEX's scheduler is to do for an account and workspace. */
export interface Desired {
  /** By the route's name in reports. */
  schedules: { update: Schedule; full: Schedule }
  entries: ScheduledCall[]
}

/** Each schedule: its setting, and what it calls. */
const SCHEDULES = {
  update: { setting: 'updateSchedule', id: 'intershop-stock-update', path: 'update' },
  full: { setting: 'fullSchedule', id: 'intershop-stock-full', path: 'export' },
} as const
type Setting = (typeof SCHEDULES)[keyof typeof SCHEDULES]['setting']

/** Every id that this app ever gave an entry. */
export const ENTRY_IDS: readonly string[] = Object.values(SCHEDULES).map(({ id }) => id)

type Saved = Partial<Record<Setting | 'token' | 'deliverFromWorkspace', unknown>>

/** Where the app runs. */
export type Where = Pick<IOContext, 'account' | 'workspace' | 'production'>

/**
 * Whether what runs here reaches Intershop. Elsewhere entries would stay behind and call a workspace that
 * somebody only tried something in.
 */
export function isInForce(saved: Saved, { workspace, production }: Where): boolean {
  const named = String(saved.deliverFromWorkspace ?? '').trim()
  // An event's context may not say that it is production's.
  return production || workspace === 'master' || named === workspace
}

/**
 * The entries that the settings ask for. Read on their own, since an export must not fail for them, nor they
 * for another setting that is wrong. Without a token there are none: every call would be refused.
 * @param saved the settings as the VTEX admin saved them
 */
export function desired(saved: unknown, where: Where): Desired {
  const form = (saved ?? {}) as Saved
  const own = { token: form.token }
  const [token] = parseTokens(own)
  if (token === undefined || !isInForce(form, where)) {
    const [problem] = isInForce(form, where) ? tokenProblems(own) : []
    const schedule = problem === undefined ? ({ none: true } as const) : { problem }
    return { schedules: { update: schedule, full: schedule }, entries: [] }
  }
  const schedules = {
    update: scheduleOf('updateSchedule', form),
    full: scheduleOf('fullSchedule', form),
  }
  const entries = (['update', 'full'] as const).flatMap((name) => {
    const schedule = schedules[name]
    return 'expression' in schedule ? [entryOf(name, schedule.expression, token, where)] : []
  })
  return { schedules, entries }
}

/** What is wrong with the schedules, one sentence each, naming the setting and never its value. */
export const problemsIn = ({ schedules }: Desired): string[] => [
  ...new Set(Object.values(schedules).flatMap((each) => ('problem' in each ? [each.problem] : []))),
]

function scheduleOf(setting: Setting, form: Saved): Schedule {
  const value = readSetting(form, setting)
  if (value === '') return { none: true }
  const expression = value === undefined ? undefined : readCron(value)
  if (expression !== undefined) return { expression }
  const example = defaultOf(setting)
  return { problem: `${setting}: expected five cron fields such as ${example}, or nothing` }
}

function entryOf(
  name: keyof typeof SCHEDULES,
  expression: string,
  token: string,
  { account, workspace }: Where
): ScheduledCall {
  const { id, path } = SCHEDULES[name]
  return {
    id,
    expression,
    uri: `https://${workspace}--${account}.myvtex.com/_v/intershop/stock/${path}`,
    headers: { token, 'content-type': 'application/json' },
  }
}

const FIELDS = 5
/** Longer than any that somebody needs. */
const MOST_CHARACTERS = 200

const NAMES = /\b(SUN|MON|TUE|WED|THU|FRI|SAT|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)\b/gi
const PLAIN = /^[\d*,/-]+$/

/**
 * A cron expression as VTEX's scheduler takes it, blanks tidied up; undefined for what is none. Minute, hour,
 * day of the month, month, day of the week, with lists, ranges, steps and English names: which extensions
 * (`L`, `#`, `?`, `@daily`, seconds) VTEX takes is documented nowhere, so none is.
 */
export function readCron(text: string): string | undefined {
  const fields = text.trim().split(/\s+/)
  if (text.length > MOST_CHARACTERS || fields.length !== FIELDS) return undefined
  if (!fields.every((field) => PLAIN.test(field.replace(NAMES, '1')))) return undefined
  const expression = fields.join(' ')
  try {
    // One that never comes, such as on the 31st of February, is found out only here.
    CronExpressionParser.parse(expression, { tz: 'UTC' }).next()
    return expression
  } catch {
    return undefined
  }
}
