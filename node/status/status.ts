import { CronExpressionParser } from 'cron-parser'
import { difference, pick, prop, sortBy, sum, values } from 'ramda'
import { listChanges } from '../changes/changeLog'
import { iso, momentOf, realClock, timestampOf } from '../common/clock'
import { endedPath } from '../exports/documentNames'
import { type ScheduleState, UPSTREAMS } from '../exports/exportAnswers'
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
/** Of each schedule. */
const CALLS_SHOWN = 3

/** What the state is read from, besides documents. */
export interface Around extends Pick<Facts, 'now' | 'delivers' | 'schedules'> {
  documents: Documents
  /** The settings as the VTEX admin saved them. */
  saved: unknown
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
  const { documents, now, delivers, schedules } = around
  const hours = [now, now - HOUR_MS].map((at) => timestampOf(at).slice(0, 'YYYYMMDDTHH'.length))
  const [saved, seen, ids, pending, ...lately] = await Promise.all([
    readSummary(documents),
    readOpen(documents),
    documents.list('exports', '', PAGE),
    listChanges({ documents, clock: realClock }, 'pending', PAGE),
    ...hours.map((hour) => documents.list('ended', endedPath(hour), PAGE)),
  ])
  const names = lately.flat()
  const summary = await withLatest(documents, saved ?? NO_SUMMARY, names, MISSING_REPORTS)
  const open = await openExports(documents, ids, seen)
  const { held, drop } = summary
  const { problem: settingsProblem } = checkSettings(around.saved)
  const health = healthOf(factsOf(summary, { now, schedules, delivers, settingsProblem }))
  const [oldest] = pending
  const status: StatusAnswer = {
    ...health,
    at: iso(now),
    version: around.version,
    lastUpdate: endedOf(summary.lastUpdate, now),
    lastFullExport: endedOf(summary.lastFullExport, now),
    nextCalls: sortBy(
      prop('at'),
      (['update', 'full'] as const).flatMap((schedule) =>
        callsOf(schedules[schedule], now, CALLS_SHOWN).map((at) => ({ schedule, at: iso(at) }))
      )
    ),
    timeZone: 'UTC (assumed)',
    schedules,
    queue: { length: ids.length, exports: open.map((each) => shownOpen(each, now)) },
    pending: {
      changes: sum(pending.map((name) => name.count)),
      documents: pending.length,
      isCapped: pending.length >= PAGE,
      ...(oldest && { oldestAt: iso(oldest.first) }),
    },
    held: { total: sum(values(held)), bySource: held },
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
  const [lastSuccessAt] = successes.sort((a, b) => b - a)
  const lastUpdateCalls = callsOf(around.schedules.update, around.now, -CALLS_UNTIL_LATE)
  return { ...summary, ...around, lastUpdateCalls, lastSuccessAt }
}

/**
 * The next calls of a schedule or, with a negative count, the last ones, newest first: UTC milliseconds. By UTC, since
 * VTEX documents no time zone.
 */
function callsOf(schedule: ScheduleState, now: number, count: number): number[] {
  if (!('expression' in schedule)) return []
  const options = { tz: 'UTC', currentDate: new Date(now) }
  const calls = CronExpressionParser.parse(schedule.expression, options).take(count)
  return calls.map((call) => call.getTime())
}

/** The open exports, as a worker last saw them; of those that none has seen, the first are read. */
async function openExports(
  documents: Documents,
  ids: readonly string[],
  seen: readonly OpenSummary[]
): Promise<OpenSummary[]> {
  const shown = ids.slice(0, MOST_SHOWN)
  const seenIds = seen.map(({ exportId }) => exportId)
  const unseen = difference(shown, seenIds).slice(0, UNSEEN_REQUESTS)
  const requests = await Promise.all(unseen.map((id) => documents.read('exports', id)))
  const queued = requests
    .flatMap((document) => requestSchema.safeParse(document).data ?? [])
    .map(({ exportId, route, scope, trigger = 'api', dry: dryRun }): OpenSummary => {
      return { exportId, status: 'queued', read: 0, route, scope, trigger, dryRun }
    })
  const known = new Map([...queued, ...seen].map((each) => [each.exportId, each]))
  return shown.map((exportId) => known.get(exportId) ?? { exportId, status: 'queued', read: 0 })
}

function shownOpen(
  { read, planned, ...open }: OpenSummary,
  now: number
): StatusAnswer['queue']['exports'][number] {
  const { exportId, startedAt } = open
  // An export's id begins with when it was accepted: 20261121T211500123.
  const acceptedAt = momentOf(exportId.slice(0, 'YYYYMMDDTHHMMSSmmm'.length))
  const shown = { ...open, read, acceptedAt: acceptedAt === undefined ? exportId : iso(acceptedAt) }
  if (!planned) return shown
  const percent = Math.min(100, Math.round((read / planned) * 1_000) / 10)
  if (startedAt === undefined || read === 0) return { ...shown, planned, percent }
  const msEach = Math.max(0, now - Date.parse(startedAt)) / read
  const secondsLeft = Math.round((msEach * Math.max(0, planned - read)) / 1_000)
  return { ...shown, planned, percent, secondsLeft }
}

const endedOf = (ended: Summary['lastUpdate'], now: number): StatusAnswer['lastUpdate'] =>
  ended
    ? {
        ...ended,
        endedAt: iso(ended.endedAt),
        ageSeconds: Math.max(0, Math.round((now - ended.endedAt) / 1_000)),
      }
    : null

function lastErrors(
  { errors }: Summary,
  open: readonly OpenSummary[],
  now: number
): StatusAnswer['lastErrors'] {
  const latest = { ...errors }
  for (const { exportId, lastError } of open) {
    const error = lastError && { ...pick(['code', 'message'], lastError), at: now, exportId }
    if (error) latest[upstreamOf(error.code)] = error
  }
  const found = UPSTREAMS.flatMap((upstream) => {
    const error = latest[upstream]
    return error ? [{ upstream, ...error }] : []
  })
  return found.sort((a, b) => b.at - a.at).map((error) => ({ ...error, at: iso(error.at) }))
}
