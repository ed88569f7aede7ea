import { CronExpressionParser } from 'cron-parser'
import { sum, times } from 'ramda'
import { listChanges } from '../changes/changeLog'
import { iso, momentOf, realClock, timestampOf } from '../common/clock'
import { endedPath } from '../exports/documentNames'
import type { ScheduleState, Schedules, Upstream } from '../exports/exportAnswers'
import { requestSchema } from '../exports/exportRequest'
import { type OpenSummary, readOpen } from '../exports/openSummary'
import { NO_SUMMARY, readSummary, type Summary, upstreamOf, withLatest } from '../exports/summary'
import { checkSettings } from '../settings/settings'
import type { Documents } from '../state/documents'
import type { StatusAnswer } from './answers'
import { CALLS_UNTIL_LATE, type Facts, healthOf } from './health'

/** Calls to VBase: six, and four of these. */
const MISSING_REPORTS = 2
const UNSEEN_REQUESTS = 2
/** One page of a listing. */
const PAGE = 1_000
const HOUR_MS = 3_600_000
const MOST_SHOWN = 32

/** What the state is read from, besides documents. */
export interface Around {
  documents: Documents
  /** UTC milliseconds. */
  now: number
  /** The settings as the VTEX admin saved them. */
  saved: unknown
  /** Whether exports of this workspace reach Intershop. */
  delivers: boolean
  schedules: Schedules
  /** Of the app. */
  version: string
}

/**
 * The state of an account, as `GET /status` responds it, and the summary that it comes from. It makes at most ten calls
 * to VBase, whatever the history.
 * @throws {StateError}
 */
export async function readStatus(
  around: Around
): Promise<{ status: StatusAnswer; summary: Summary }> {
  const { documents, now, schedules } = around
  const hours = [now, now - HOUR_MS].map((at) => timestampOf(at).slice(0, 'YYYYMMDDTHH'.length))
  const [saved, seen, ids, pending, ...lately] = await Promise.all([
    readSummary(documents),
    readOpen(documents),
    documents.list('exports', '', PAGE),
    listChanges({ documents, clock: realClock }, 'pending', PAGE),
    ...hours.map((hour) => documents.list('ended', endedPath(hour), PAGE)),
  ])
  const known = saved ?? NO_SUMMARY
  const summary = await withLatest(documents, known, lately.flat(), MISSING_REPORTS)
  const open = await openExports(documents, ids, seen)
  const { held, drop } = summary
  const { delivers } = around
  const { problem: settingsProblem } = checkSettings(around.saved)
  const health = healthOf(factsOf(summary, { now, schedules, delivers, settingsProblem }))
  const [oldest] = pending
  const status: StatusAnswer = {
    ...health,
    at: iso(now),
    version: around.version,
    lastUpdate: endedOf(summary.lastUpdate, now),
    lastFullExport: endedOf(summary.lastFullExport, now),
    nextCalls: (['update', 'full'] as const)
      .flatMap((schedule) => callsOf(schedules[schedule], now).next.map((at) => ({ schedule, at })))
      .sort((a, b) => a.at - b.at)
      .map(({ schedule, at }) => ({ schedule, at: iso(at) })),
    timeZone: 'UTC (assumed)',
    schedules,
    queue: { length: ids.length, exports: open.map((each) => shownOpen(each, now)) },
    pending: {
      changes: sum(pending.map((name) => name.count)),
      documents: pending.length,
      isCapped: pending.length >= PAGE,
      ...(oldest && { oldestAt: iso(oldest.first) }),
    },
    held: { total: held.own + held.centra + held.sellers, bySource: held },
    ...(drop && { drop }),
    lastErrors: lastErrors(summary, open, now),
  }
  return { status, summary }
}

/** What the judgement goes by, as a summary of the exports has it. */
export function factsOf(
  summary: Summary,
  around: Pick<Facts, 'now' | 'schedules' | 'delivers' | 'settingsProblem'>
): Facts {
  const { lastUpdate, lastFullExport } = summary
  const successes = [lastUpdate, lastFullExport].flatMap((each) => each?.endedAt ?? [])
  const { last } = callsOf(around.schedules.update, around.now)
  const lastSuccessAt = successes.sort((a, b) => b - a)[0]
  return { ...summary, ...around, lastUpdateCalls: last, lastSuccessAt }
}

/**
 * The next calls of a schedule, and the last ones, newest first: UTC milliseconds. By UTC, since VTEX documents no time
 * zone.
 */
function callsOf(schedule: ScheduleState, now: number): { next: number[]; last: number[] } {
  if (!('expression' in schedule)) return { next: [], last: [] }
  const options = { tz: 'UTC', currentDate: new Date(now) }
  const calls = () => CronExpressionParser.parse(schedule.expression, options)
  const [coming, past] = [calls(), calls()]
  return {
    next: times(() => coming.next().getTime(), CALLS_UNTIL_LATE),
    last: times(() => past.prev().getTime(), CALLS_UNTIL_LATE),
  }
}

/** The open exports, as a worker last saw them; of those that none has seen, the first are read. */
async function openExports(
  documents: Documents,
  ids: readonly string[],
  seen: readonly OpenSummary[]
): Promise<OpenSummary[]> {
  const byId = new Map(seen.map((each) => [each.exportId, each]))
  const shown = ids.slice(0, MOST_SHOWN)
  const unseen = shown.filter((id) => !byId.has(id)).slice(0, UNSEEN_REQUESTS)
  const requests = await Promise.all(unseen.map((id) => documents.read('exports', id)))
  const read = requests.flatMap((document) => requestSchema.safeParse(document).data ?? [])
  const requested = new Map(read.map((request) => [request.exportId, request]))
  return shown.map((exportId) => {
    const known = byId.get(exportId)
    if (known) return known
    const { route, scope, trigger = 'api', dry: dryRun } = requested.get(exportId) ?? {}
    return {
      ...{ exportId, status: 'queued', read: 0 },
      ...(route && { route, scope, trigger, dryRun }),
    }
  })
}

function shownOpen(
  { read, planned, ...open }: OpenSummary,
  now: number
): StatusAnswer['queue']['exports'][number] {
  const ms = open.startedAt === undefined ? undefined : now - Date.parse(open.startedAt)
  return {
    ...{ ...open, read, acceptedAt: acceptedAt(open.exportId) },
    ...(planned && { planned, percent: Math.min(100, Math.round((read / planned) * 1_000) / 10) }),
    ...(ms !== undefined &&
      planned !== undefined &&
      read > 0 && { secondsLeft: secondsLeft(ms, read, planned) }),
  }
}

const secondsLeft = (ms: number, read: number, planned: number) =>
  Math.round(((Math.max(0, ms) / read) * Math.max(0, planned - read)) / 1_000)

/** An export's id begins with when it was accepted: 20261121T211500123. */
function acceptedAt(exportId: string): string {
  const moment = momentOf(exportId.slice(0, 'YYYYMMDDTHHMMSSmmm'.length))
  return moment === undefined ? exportId : iso(moment)
}

const endedOf = (ended: Summary['lastUpdate'], now: number): StatusAnswer['lastUpdate'] =>
  ended
    ? {
        ...{ exportId: ended.exportId, durationMs: ended.durationMs, endedAt: iso(ended.endedAt) },
        ageSeconds: Math.max(0, Math.round((now - ended.endedAt) / 1_000)),
      }
    : null

function lastErrors(
  { errors }: Summary,
  open: readonly OpenSummary[],
  now: number
): StatusAnswer['lastErrors'] {
  const latest = new Map(
    Object.entries(errors) as [Upstream, NonNullable<Summary['errors'][Upstream]>][]
  )
  for (const { exportId, lastError } of open) {
    if (!lastError) continue
    const { code, message } = lastError
    latest.set(upstreamOf(code), { code, message, at: now, exportId })
  }
  return [...latest]
    .sort(([, a], [, b]) => b.at - a.at)
    .map(([upstream, { code, message, at, exportId }]) => {
      return { upstream, code, message, at: iso(at), exportId }
    })
}
