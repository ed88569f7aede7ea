import { aperture, min, sum } from 'ramda'
import type { SourceName } from '../sources/source'
import type { Range } from './documentNames'

export interface SourceState {
  source: SourceName
  /** It has a worklist; a source that is read by pages needs none, so there it is true. */
  listed: boolean
  /** Settings, plan and worklist in force. */
  basis: string
  /** The lowest ids or pages without a committed batch; absent when all have one. */
  gap?: Range | undefined
  /** When listing and reading failed since the last progress, UTC milliseconds, oldest first. */
  attempts: readonly number[]
  /** It failed permanently. */
  final: boolean
}

/** The state of an export that has not ended. */
export interface ExportState {
  exportId: string
  /** Runs before exports that are not. */
  small: boolean
  cancelled: boolean
  /** The export that answers this one too: it asks for the same and was planned after this one was accepted. */
  coveredBy?: string | undefined
  planned: boolean
  /** Empty before it is planned. */
  sources: readonly SourceState[]
  /** When steps of no single source failed since the last progress, UTC milliseconds, oldest first. */
  attempts: readonly number[]
}

export interface QueueState {
  /** UTC milliseconds. */
  now: number
  /** Oldest first. */
  exports: readonly ExportState[]
  /** The exports of the last few steps, newest first, without steps that ended an export. */
  recent: readonly string[]
}

export type Outcome = 'finished' | 'cancelled' | 'failed'

export interface ReadStep {
  kind: 'read'
  exportId: string
  source: SourceName
  range: Range
}

export type Step =
  | { kind: 'plan'; exportId: string }
  | { kind: 'list'; exportId: string; source: SourceName }
  | ReadStep
  | { kind: 'finish'; exportId: string; outcome: Outcome }
  | { kind: 'wait'; until: number }
  | { kind: 'idle' }

/** An export fails, and a source is abandoned, after this time without progress. */
export const TIMEOUT_MS = 10 * 60_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
/** The longest time between two failed attempts while workers run: a wait and a run. What is beyond it does not count. */
const BETWEEN_MS = LONGEST_WAIT_MS + 40_000
/** If none of so many steps was for the oldest full export, the next one is. */
export const TURNS_KNOWN = 3

type Attempted = Pick<SourceState, 'attempts'>

/** When it may be tried again: exponential backoff. */
export function retryAt({ attempts }: Attempted): number {
  const last = attempts.at(-1)
  if (last === undefined) return 0
  return last + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts.length - 1))
}

/** From the first failed attempt to the last, without time in which no worker ran. */
const failedFor = ({ attempts }: Attempted): number =>
  sum(aperture(2, attempts).map(([one, other]) => Math.min(other - one, BETWEEN_MS)))

function outcome(state: ExportState): Outcome | undefined {
  if (state.cancelled) return 'cancelled'
  if (!state.coveredBy && failedFor(state) >= TIMEOUT_MS) return 'failed'
  return state.planned && state.sources.every(isOver) ? 'finished' : undefined
}

/** Whether a source is not tried again, though some of it was not read. */
export const isAbandoned = (state: SourceState): boolean =>
  !isRead(state) && (state.final || failedFor(state) >= TIMEOUT_MS)

/** Whether batches of all of a source are committed. */
export const isRead = ({ listed, gap }: SourceState): boolean => listed && !gap

const isOver = (state: SourceState) => isRead(state) || isAbandoned(state)

/** The sources that are not over, in their order. Centra's missed rows are read after its pages. */
function open({ sources }: ExportState): SourceState[] {
  const left = sources.filter((state) => !isOver(state))
  const hasPages = left.some(({ source }) => source === 'centra')
  return hasPages ? left.filter(({ source }) => source !== 'centraRows') : left
}

/** When the next step of an export is ready. */
function readyAt(state: ExportState): number {
  const [first = 0, ...others] = open(state).map(retryAt)
  return Math.max(retryAt(state), others.reduce(min, first))
}

/** Picks small exports first, oldest first, without starving full ones. */
function pick(ready: readonly ExportState[], recent: readonly string[]) {
  const full = ready.find(({ small }) => !small)
  const lately = recent.slice(0, TURNS_KNOWN)
  const starving = lately.length === TURNS_KNOWN && lately.every((id) => id !== full?.exportId)
  const small = ready.filter((state) => state.small)
  // Pending changes do not wait for another update's refresh.
  const urgent = small.find((state) => open(state)[0]?.source !== 'sellersRefresh')
  return (starving && full) || (urgent ?? small[0] ?? full)
}

/** Decides what a worker does next. A pure function, so that every worker decides the same from the same documents. */
export function nextStep({ now, exports, recent }: QueueState): Step {
  for (const state of exports) {
    const ended = outcome(state)
    // The last steps of finishing failed: their cause may be temporary.
    if (ended === 'finished' && retryAt(state) > now) continue
    if (ended) return { kind: 'finish', exportId: state.exportId, outcome: ended }
  }
  const unanswered = exports.filter(({ coveredBy }) => !coveredBy)
  const ready = unanswered.filter((state) => readyAt(state) <= now)
  const chosen = pick(ready, recent)
  if (chosen) return stepOf(chosen, now)
  if (unanswered.length === 0) return { kind: 'idle' }
  return { kind: 'wait', until: unanswered.map(readyAt).reduce(min) }
}

/** The first source that is ready: while one waits after a failed attempt, the export continues with another. */
function stepOf(state: ExportState, now: number): Step {
  const { exportId } = state
  const ready = open(state).find((each) => retryAt(each) <= now)
  if (!ready) return { kind: 'plan', exportId }
  const { source, listed, gap } = ready
  if (listed && gap) return { kind: 'read', exportId, source, range: gap }
  return { kind: 'list', exportId, source }
}
