import type { IOContext } from '@vtex/api'
import { CronExpressionParser } from 'cron-parser'
import type { ScheduledCall } from '../clients/scheduler'
import { STOCK, TRIGGER_HEADER } from '../common/paths'
import type { ScheduleState } from '../exports/exportAnswers'
import { defaultOf, problemsOf, readSetting } from '../settings/settings'

/** When VTEX's scheduler calls a route. */
export type Schedule =
  | { status: 'wanted'; expression: string }
  | Exclude<ScheduleState, { expression: string }>

/** The wanted state of VTEX's scheduler for an account and workspace. */
export interface Desired {
  /** By name in reports. */
  schedules: { update: Schedule; full: Schedule }
  entries: ScheduledCall[]
}

/** The entry's id, and the route it calls. */
const SCHEDULES = {
  update: { id: 'intershop-stock-update', path: 'update' },
  full: { id: 'intershop-stock-full', path: 'export' },
}

/** All ids that any version of this app gave its entries. */
export const ENTRY_IDS: readonly string[] = Object.values(SCHEDULES).map(({ id }) => id)

type Where = Pick<IOContext, 'account' | 'workspace' | 'production'>

/**
 * Whether exports of this workspace reach Intershop: a test workspace must not change what the storefront sells. Others
 * get no entries, which would keep calling a workspace that was only used for a test.
 */
export function delivers(saved: unknown, { workspace, production }: Where): boolean {
  // The context of an event may lack `production`.
  const isProduction = production || workspace === 'master'
  return isProduction || readSetting(saved, 'deliverFromWorkspace') === workspace
}

/**
 * The schedules and entries of the saved settings. They are parsed apart from the other settings, so that neither makes
 * the other fail. Without a token there are no entries: every call would get 401.
 */
export function desired(saved: unknown, where: Where): Desired {
  const token = readSetting(saved, 'token')
  const isActive = delivers(saved, where)
  if (!token || !isActive) {
    const [problem] = isActive ? problemsOf(saved, ['token']) : []
    const schedule: Schedule = problem ? { status: 'invalid', problem } : { status: 'none' }
    return { schedules: { update: schedule, full: schedule }, entries: [] }
  }
  const schedules = {
    update: scheduleOf('updateSchedule', saved),
    full: scheduleOf('fullSchedule', saved),
  }
  const entries = (['update', 'full'] as const).flatMap((name) => {
    const schedule = schedules[name]
    if (schedule.status !== 'wanted') return []
    const { id, path } = SCHEDULES[name]
    const uri = `https://${where.workspace}--${where.account}.myvtex.com${STOCK}/${path}`
    const headers = { token, 'content-type': 'application/json', [TRIGGER_HEADER]: 'schedule' }
    return [{ id, expression: schedule.expression, uri, headers }]
  })
  return { schedules, entries }
}

/** The problems of the schedules, one sentence each, with the name of the setting and never its value. */
export const problemsIn = ({ schedules }: Desired): string[] => [
  ...new Set(Object.values(schedules).flatMap((each) => ('problem' in each ? [each.problem] : []))),
]

function scheduleOf(setting: 'updateSchedule' | 'fullSchedule', saved: unknown): Schedule {
  const value = readSetting(saved, setting)
  if (value === '') return { status: 'none' }
  const expression = readCron(value ?? '')
  if (expression !== undefined) return { status: 'wanted', expression }
  const example = defaultOf(setting)
  const problem = `${setting}: expected five cron fields such as ${example}, or nothing`
  return { status: 'invalid', problem }
}

const MAX_CHARACTERS = 200

const NAMES = /\b(SUN|MON|TUE|WED|THU|FRI|SAT|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)\b/gi
const PLAIN = /^[\d*,/-]+$/

/**
 * Normalizes a cron expression of five fields, with lists, ranges, steps and English names; undefined if it is invalid.
 * VTEX documents no extensions (`L`, `#`, `?`, `@daily`, seconds), so they are invalid.
 */
export function readCron(text: string): string | undefined {
  const fields = text.trim().split(/\s+/)
  const isPlain = fields.every((field) => PLAIN.test(field.replace(NAMES, '1')))
  if (text.length > MAX_CHARACTERS || fields.length !== 5 || !isPlain) return undefined
  const expression = fields.join(' ')
  try {
    // Finds dates that never come, such as the 31st of February.
    CronExpressionParser.parse(expression, { tz: 'UTC' }).next()
    return expression
  } catch {
    return undefined
  }
}
