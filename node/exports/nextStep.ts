import { aperture, min, sum } from 'ramda'
import type { SourceName } from '../sources/source'
import type { Range } from './documentNames'

/** How far an export got with one of its sources. */
export interface SourceState {
  source: SourceName
  /** It is known which SKUs are to be read; of a source that is read by pages, always. */
  listed: boolean
  /** Settings, plan and list in force. */
  basis: string
  /** The lowest ids or pages not delivered yet; none when all are. */
  gap?: Range | undefined
  /** When listing and reading failed since it last got on, UTC milliseconds, oldest first. */
  attempts: readonly number[]
  /** It failed in a way that will not pass. */
  final: boolean
}

/** An export that has not ended, as its documents tell. */
export interface ExportState {
  exportId: string
  /** Overtakes exports that are not. */
  small: boolean
  cancelled: boolean
  /** An export that started after this one was accepted and does the same. */
  coveredBy?: string | undefined
  planned: boolean
  /** Its sources; none before it is planned. */
  sources: readonly SourceState[]
  /** When steps failed that concern all of it, since it last got on, UTC milliseconds, oldest first. */
  attempts: readonly number[]
}

/** All that is to be known to decide the next step. */
export interface QueueState {
  /** UTC milliseconds. */
  now: number
  /** Oldest first. */
  exports: readonly ExportState[]
  /** Whose turns the last few were: each step is one, but for the end of an export. */
  recent: readonly string[]
}

export type Outcome = 'finished' | 'cancelled' | 'failed'

export type Step =
  | { kind: 'plan'; exportId: string }
  | { kind: 'list'; exportId: string; source: SourceName }
  | { kind: 'read'; exportId: string; source: SourceName; range: Range }
  | { kind: 'finish'; exportId: string; outcome: Outcome }
  | { kind: 'wait'; until: number }
  | { kind: 'idle' }

/** How long an export, or one of its sources, may be tried without getting on before it counts as failed. */
export const TIMEOUT_MS = 10 * 60_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
/** From a setback to the next one as long as somebody tries: the wait, and a run. The rest, nobody was there. */
const BETWEEN_MS = LONGEST_WAIT_MS + 40_000
/** Where none of so many turns went to the oldest export of everything, the next one does. */
export const TURNS_KNOWN = 3

type Attempted = Pick<SourceState, 'attempts'>

/** When what had attempts may be tried again. */
export function retryAt({ attempts }: Attempted): number {
  const last = attempts[attempts.length - 1]
  if (last === undefined) return 0
  return last + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts.length - 1))
}

/** From the first setback to the latest; time in which nobody tried does not count. */
const failedFor = ({ attempts }: Attempted): number =>
  sum(aperture(2, attempts).map(([one, other]) => Math.min(other - one, BETWEEN_MS)))

function outcome(state: ExportState): Outcome | undefined {
  if (state.cancelled) return 'cancelled'
  if (!state.coveredBy && failedFor(state) >= TIMEOUT_MS) return 'failed'
  return state.planned && state.sources.every(isOver) ? 'finished' : undefined
}

/** Whether nothing more will be read of a source that was not read to its end. */
export const isAbandoned = (state: SourceState): boolean =>
  !isRead(state) && (state.final || failedFor(state) >= TIMEOUT_MS)

/** Whether a source was read to its end, and all of it delivered. */
export const isRead = ({ listed, gap }: SourceState): boolean => listed && !gap

const isOver = (state: SourceState) => isRead(state) || isAbandoned(state)

/** The sources of an export that are still to be read, in their order; the rows of Centra once its pages are over. */
function open({ sources }: ExportState): SourceState[] {
  const left = sources.filter((state) => !isOver(state))
  const hasPages = left.some(({ source }) => source === 'centra')
  return hasPages ? left.filter(({ source }) => source !== 'centraRows') : left
}

/** When the next step of an export may be taken. */
function readyAt(state: ExportState): number {
  const sources = open(state)
  const first = sources.length > 0 ? sources.map(retryAt).reduce(min) : 0
  return Math.max(retryAt(state), first)
}

/** Small ones first, oldest first; but full ones never starve. */
function pick(ready: readonly ExportState[], recent: readonly string[]) {
  const full = ready.find(({ small }) => !small)
  const lately = recent.slice(0, TURNS_KNOWN)
  const starving = lately.length === TURNS_KNOWN && lately.every((id) => id !== full?.exportId)
  return (starving && full) || (ready.find(({ small }) => small) ?? full)
}

/**
 * Decides what a worker does next, from what the documents say and nothing else.
 */
export function nextStep({ now, exports, recent }: QueueState): Step {
  for (const state of exports) {
    const ended = outcome(state)
    // What kept it from ending well may pass.
    if (ended === 'finished' && retryAt(state) > now) continue
    if (ended) return { kind: 'finish', exportId: state.exportId, outcome: ended }
  }
  const unanswered = exports.filter(({ coveredBy }) => !coveredBy)
  const chosen = pick(
    unanswered.filter((state) => readyAt(state) <= now),
    recent
  )
  if (chosen) return stepOf(chosen, now)
  return unanswered.length > 0
    ? { kind: 'wait', until: unanswered.map(readyAt).reduce(min) }
    : { kind: 'idle' }
}

/** A source that had a setback is left alone for a while, and the export goes on with another. */
function stepOf(state: ExportState, now: number): Step {
  const { exportId } = state
  const ready = open(state).find((each) => retryAt(each) <= now)
  if (!ready) return { kind: 'plan', exportId }
  const { source, listed, gap } = ready
  return listed && gap
    ? { kind: 'read', exportId, source, range: gap }
    : { kind: 'list', exportId, source }
}
