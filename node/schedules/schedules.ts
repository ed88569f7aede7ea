import type { IOContext } from '@vtex/api'
import { TimeoutStrategy, timeout } from 'cockatiel'
import { CronExpressionParser } from 'cron-parser'
import { equals, map } from 'ramda'
import type { ScheduledCall, Scheduler } from '../clients/scheduler'
import { errorFields } from '../common/errors'
import type { Log } from '../common/logger'
import { STOCK, TRIGGER_HEADER } from '../common/paths'
import { unlessMissing } from '../common/upstreamError'
import type { ScheduleState, Schedules } from '../exports/exportAnswers'
import { problemsOf, readSetting } from '../settings/settings'

/** When VTEX's scheduler calls a route. */
type Schedule =
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
const ENTRY_IDS: readonly string[] = Object.values(SCHEDULES).map(({ id }) => id)

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
  const example = readSetting({}, setting)
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

/** What a reconciliation needs. */
interface Tools {
  log: Log
  scheduler: Pick<Scheduler, 'save' | 'remove'>
  now(): number
}

/** Writes the wanted entries to VTEX's scheduler and removes all others of this app. @throws {UpstreamError} */
export async function registerSchedules(wanted: Desired, tools: Tools): Promise<void> {
  const { scheduler, log } = tools
  const { entries, schedules } = wanted
  const removed = ENTRY_IDS.filter((each) => entries.every(({ id }) => id !== each))
  // Settled: if VTEX refuses one entry, the other is registered all the same.
  const done = await Promise.allSettled([
    ...entries.map((entry) => scheduler.save(entry)),
    ...removed.map((id) => unlessMissing(scheduler.remove(id))),
  ])
  for (const each of done) if (each.status === 'rejected') throw each.reason
  const { update, full } = schedules
  log.info('schedule.registered', { update: inWords(update), full: inWords(full) })
  for (const problem of problemsIn(wanted)) log.error('schedule.invalid', { problem })
}

const inWords = (schedule: Schedule) => ('expression' in schedule ? schedule.expression : 'none')

/** Entries are registered again after this time: VTEX may lose them. */
const REGISTERED_FOR_MS = 86_400_000
/** Time between two attempts. */
const PAUSE_MS = 60_000
/** Failures so far apart do not end by themselves. */
const FAILING_MS = 180_000
/** How long a request waits for a reconciliation, which then continues without it. */
const requestTimeout = timeout(2_000, TimeoutStrategy.Aggressive)

type Moment = { wanted: Desired; at: number }

const isOf = <T extends Moment>(wanted: Desired, last: T | undefined): last is T =>
  equals(last?.wanted, wanted)

/** Keeps VTEX's scheduler in line with the settings of one account and workspace. */
export class Reconciler {
  private settled: Moment | undefined
  private failed: (Moment & { since: number }) | undefined
  private running: Promise<void> | undefined
  /** What requests wait for: the end of the last run, or its timeout. */
  private bounded: Promise<void> | undefined

  /** Reconciles if something may have changed. Concurrent calls share one run. Never fails. */
  async reconcile(wanted: Desired, tools: Tools): Promise<void> {
    if (!this.running && this.isDue(wanted, tools.now())) void this.run(wanted, tools)
    await this.bounded
  }

  /** Registers the entries in any case. Never fails. */
  async forceReconcile(wanted: Desired, tools: Tools): Promise<void> {
    while (this.running) await this.running
    await this.run(wanted, tools)
  }

  /** The state of the schedules, as far as this process knows. */
  stateOf(wanted: Desired): Schedules {
    const status = isOf(wanted, this.settled) ? 'registered' : 'notRegistered'
    const state = (each: Schedule): ScheduleState =>
      each.status === 'wanted' ? { ...each, status } : each
    return map(state, wanted.schedules)
  }

  /** Since when it has failed again and again; absent where it succeeded, or has not failed for long. */
  failingSince(wanted: Desired): number | undefined {
    const { failed } = this
    const isFailing = isOf(wanted, failed) && failed.at - failed.since >= FAILING_MS
    return isFailing ? failed.since : undefined
  }

  private isDue(wanted: Desired, now: number): boolean {
    const { settled, failed } = this
    if (isOf(wanted, settled) && now - settled.at < REGISTERED_FOR_MS) return false
    return !isOf(wanted, failed) || now - failed.at >= PAUSE_MS
  }

  private run(wanted: Desired, tools: Tools): Promise<void> {
    const running = this.attempt(wanted, tools).finally(() => {
      this.running = undefined
    })
    this.running = running
    this.bounded = requestTimeout.execute(() => running).catch(() => undefined)
    return running
  }

  private async attempt(wanted: Desired, tools: Tools): Promise<void> {
    try {
      await registerSchedules(wanted, tools)
      this.settled = { wanted, at: tools.now() }
      this.failed = undefined
    } catch (thrown) {
      this.settled = undefined
      const at = tools.now()
      const since = isOf(wanted, this.failed) ? this.failed.since : at
      this.failed = { wanted, at, since }
      tools.log.error('schedule.notRegistered', errorFields(thrown))
    }
  }
}
