import { last, sortBy, xprod } from 'ramda'
import { z } from 'zod'
import { DocumentNames, integer, moment, word } from '../exports/documentNames'

/** What alerts are about: the codes of the reasons in `GET /status`. */
export const ALERT_KINDS = [
  'export_failed',
  'offers_held',
  'update_late',
  'files_waiting',
  'schedule_not_registered',
] as const

export type AlertKind = (typeof ALERT_KINDS)[number]

/** How alerts are sent. Each channel has its own state: one may fail while the other works. */
export const CHANNELS = ['mail', 'webhook'] as const

export type Channel = (typeof CHANNELS)[number]

/** Something that is wrong now. */
export interface Problem {
  kind: AlertKind
  /** UTC milliseconds. */
  since: number
  /** What is wrong, in one sentence. */
  message: string
  /** What to do. */
  action: string
  exportId?: string | undefined
  /** It may not be one: it neither begins an alert nor ends one. */
  isUncertain?: boolean | undefined
}

/**
 * In the folder `alerts`: `trying` before a message is sent, `sent` after it. Without `sent` it may have arrived or not,
 * so it is sent again. The names are all that is read.
 */
export const alertNames = new DocumentNames({
  /** UTC milliseconds; greater than that of each document known before. */
  at: moment,
  channel: z.enum(CHANNELS),
  kind: z.enum(ALERT_KINDS),
  state: z.enum(['begun', 'over']),
  since: integer,
  /** When it was first seen to be over. */
  until: integer.optional(),
  exportId: word.optional(),
  /** How often a message was tried since the last one that was sent, this time included. */
  attempt: integer,
  uniqueId: word,
  step: z.enum(['trying', 'sent']),
})

/** What the name of a document says. */
export type AlertName = NonNullable<ReturnType<typeof alertNames.parse>>

const MINUTE_MS = 60_000
/** Two messages of one kind are at least this far apart. */
export const HOUR_MS = 60 * MINUTE_MS

/** The wait after a message that was perhaps not sent: 1, 2, 4, up to 60 minutes. */
export const backoffMs = (attempt: number) =>
  Math.min(HOUR_MS, MINUTE_MS * 2 ** Math.min(attempt - 1, 10))

/** A message to send, and what is known of its kind. */
export type Due = Omit<AlertName, 'at' | 'uniqueId' | 'step'> & {
  /** Absent where it is over. */
  problem?: Problem | undefined
}

/** What the documents say, for each channel and kind. */
const knownOf = (all: readonly AlertName[], channels: readonly Channel[]) =>
  xprod(channels, ALERT_KINDS).map(([channel, kind]) => {
    const own = all.filter((each) => each.channel === channel && each.kind === kind)
    const newestSent = newestOf(own.filter(({ step }) => step === 'sent'))
    return { channel, kind, newest: newestOf(own), newestSent }
  })

type Known = ReturnType<typeof knownOf>[number]

/** The newest document, if there is one. */
export const newestOf = (all: readonly AlertName[]): AlertName | undefined =>
  last(sortBy(({ at }) => at, all))

/**
 * The messages to send now: that a problem began, or that one is over whose begin was tried. At most one an hour for
 * each kind, so a problem that comes and goes within the hour is told of as it is then. A pure function.
 * @param all the documents, in any order
 * @param now UTC milliseconds
 */
export const dueMessages = (
  all: readonly AlertName[],
  channels: readonly Channel[],
  problems: readonly Problem[],
  now: number
): Due[] =>
  knownOf(all, channels).flatMap((known) => {
    const problem = problems.find(({ kind }) => kind === known.kind)
    return dueOf(known, problem, now) ?? []
  })

function dueOf(known: Known, problem: Problem | undefined, now: number): Due | undefined {
  const { channel, kind, newest } = known
  if (problem?.isUncertain || isKnown(known, problem) || isTooEarly(known, now)) return undefined
  const attempt = newest?.step === 'trying' ? newest.attempt + 1 : 1
  if (problem) {
    const { since, exportId } = problem
    return { channel, kind, state: 'begun', since, exportId, attempt, problem }
  }
  if (newest === undefined) return undefined
  // The recipient may never have heard that it began: this message says both.
  const { since, exportId, until = now } = newest
  return { channel, kind, state: 'over', since, until, exportId, attempt }
}

/** Whether the recipient surely knows how it is. */
function isKnown({ newest }: Known, problem?: Problem): boolean {
  if (newest === undefined) return problem === undefined
  return newest.step === 'sent' && newest.state === (problem ? 'begun' : 'over')
}

function isTooEarly({ newest, newestSent }: Known, now: number): boolean {
  if (newestSent && now - newestSent.at < HOUR_MS) return true
  return newest?.step === 'trying' && now - newest.at < backoffMs(newest.attempt)
}

/** Whether a message may become due although nothing is wrong. */
export const isAwaitingEnd = (all: readonly AlertName[], channels: readonly Channel[]): boolean =>
  knownOf(all, channels).some((known) => !isKnown(known))

/** How long documents are kept that a newer one replaces: a stale listing may lack the newer one. */
const KEPT_MS = 24 * HOUR_MS

/** The documents that later decisions do not need. */
export function outdatedAlerts(all: readonly AlertName[], now: number): AlertName[] {
  const needed = knownOf(all, CHANNELS).flatMap(({ newest, newestSent }) => [newest, newestSent])
  return all.filter((each) => !needed.includes(each) && each.at < now - KEPT_MS)
}
