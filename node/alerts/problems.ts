import { CronExpressionParser } from 'cron-parser'
import { z } from 'zod'
import { dayOf } from '../common/clock'
import type { ScheduleState } from '../schedules/reconcile'
import type { Documents } from '../state/documents'
import type { Problem } from './alertState'

const moment = z.iso.datetime().transform((text) => new Date(text).getTime())

/** What is read of a report. */
const reportSchema = z.object({
  exportId: z.string(),
  route: z.string(),
  status: z.string(),
  endedAt: moment,
  coveredBy: z.string().optional(),
  notes: z.array(z.string()),
  sources: z.record(z.string(), z.object({ status: z.string() })),
  offers: z.object({ held: z.number() }),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  drop: z
    .object({ oldestAgeSeconds: z.number().optional(), observedAt: moment.optional() })
    .optional(),
})

type Ended = z.infer<typeof reportSchema>

/** Reports are read, latest first, until one is a success; so many at most. */
const MAX_READ = 8
const INTERVALS = 3
const WAITING_SECONDS = 1_800
const DAY_MS = 86_400_000

/** What problems are judged by. Times are UTC milliseconds. */
export interface Observed {
  now: number
  schedules: { update: ScheduleState; full: ScheduleState }
  /** The exports that ended last, latest first: no further than the last success. */
  ended: readonly Ended[]
}

/** The exports that ended last, of those that reach Intershop. @throws {StateError} */
export async function endedLast(documents: Documents, now: number): Promise<Ended[]> {
  const today = await documents.list('ended', `${dayOf(now)}/`)
  const names =
    today.length < MAX_READ
      ? [...(await documents.list('ended', `${dayOf(now - DAY_MS)}/`)), ...today]
      : today
  const ended: Ended[] = []
  for (const name of names.slice(-MAX_READ).reverse()) {
    const { data } = reportSchema.safeParse(await documents.read('ended', name))
    if (data && isReal(data)) ended.push(data)
    if (data && isReal(data) && isSuccess(data)) break
  }
  return ended
}

const isReal = ({ coveredBy, notes, status }: Ended) =>
  coveredBy === undefined &&
  status !== 'cancelled' &&
  !notes.some((note) => note.startsWith('dry run'))

const isSuccess = ({ route, status, sources }: Ended) =>
  (route === 'update' || route === 'export') &&
  (status === 'completed' ||
    (status === 'completedWithErrors' &&
      Object.values(sources).every((source) => source.status === 'complete')))

/** What keeps stock from Intershop now. A pure function. */
export function problemsIn({ now, schedules, ended }: Observed): Problem[] {
  return [
    ...failedExport(ended),
    ...heldOffers(ended),
    ...lateUpdate(now, schedules.update, ended),
    ...waitingFiles(now, ended),
    ...missingSchedule(now, schedules),
  ]
}

function failedExport(ended: readonly Ended[]): Problem[] {
  const failed = ended.filter(({ status }) => status === 'failed')
  const [latest] = failed
  const first = failed.at(-1)
  if (!latest || !first) return []
  const { code, message } = latest.error ?? { code: 'internal', message: 'no reason is known' }
  return [
    {
      kind: 'export_failed',
      since: first.endedAt,
      message: `The last ${failed.length > 1 ? `${failed.length} exports` : 'export'} failed (${code}): ${message}`,
      action: 'Remove the cause: the next update or export then makes up for it.',
      exportId: latest.exportId,
    },
  ]
}

function heldOffers(ended: readonly Ended[]): Problem[] {
  const found = ended.find(({ offers }) => offers.held > 0)
  if (!found) return []
  return [
    {
      kind: 'offers_held',
      since: found.endedAt,
      message: `${found.offers.held} offers dropped to 0 at once and are held back: Intershop still sells them.`,
      action:
        'Look whether they are really sold out. If so, release them with POST /_v/intershop/stock/update?force=true.',
      exportId: found.exportId,
    },
  ]
}

/** The time of the third last scheduled call, which is UTC as far as VTEX says. */
function thirdLastCall(expression: string, now: number): number {
  const calls = CronExpressionParser.parse(expression, { tz: 'UTC', currentDate: new Date(now) })
  let call = now
  for (let interval = 0; interval < INTERVALS; interval++) call = calls.prev().getTime()
  return call
}

function lateUpdate(now: number, update: ScheduleState, ended: readonly Ended[]): Problem[] {
  const earliest = ended.at(-1)
  if (!('expression' in update) || !earliest) return []
  if (earliest.endedAt >= thirdLastCall(update.expression, now)) return []
  const since = new Date(earliest.endedAt).toISOString()
  const last = isSuccess(earliest)
    ? `the last one ended ${since}`
    : `none ended well since ${since}`
  return [
    {
      kind: 'update_late',
      since: earliest.endedAt,
      message: `No successful update for ${INTERVALS} intervals of ${update.expression}: ${last}.`,
      action:
        'Look at the exports: is one queued or failing? Start one with POST /_v/intershop/stock/update.',
    },
  ]
}

function waitingFiles(now: number, ended: readonly Ended[]): Problem[] {
  const drop = ended.find((each) => each.drop)?.drop
  const age = drop?.oldestAgeSeconds ?? 0
  if (age <= WAITING_SECONDS) return []
  return [
    {
      kind: 'files_waiting',
      since: (drop?.observedAt ?? now) - age * 1_000,
      message: `The oldest file on the SFTP server is ${Math.floor(age / 60)} minutes old: Intershop does not import.`,
      action: "Look at Intershop's transport and import jobs, and at their log.",
    },
  ]
}

function missingSchedule(now: number, schedules: Observed['schedules']): Problem[] {
  const [problem] = Object.values(schedules).flatMap((each) => {
    if (each.status === 'invalid') return [each.problem]
    return each.status === 'notRegistered' ? [`${each.expression} is not registered`] : []
  })
  if (problem === undefined) return []
  return [
    {
      kind: 'schedule_not_registered',
      since: now,
      message: `VTEX's scheduler does not start exports: ${problem}.`,
      action: 'Correct the setting, or wait: the app tries again each minute.',
    },
  ]
}
