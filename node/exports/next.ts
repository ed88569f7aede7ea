import type { PartName, Range } from './names'

/** An export that has not ended, as its documents tell. */
export interface ExportState {
  exportId: string
  /** Overtakes exports that are not. */
  small: boolean
  cancelled: boolean
  /** An export that started after this one was accepted and does the same. */
  coveredBy?: string | undefined
  planned: boolean
  /** Settings and plan in force, where there is one for these settings. */
  basis?: string | undefined
  /** The lowest ids not delivered yet; none when all are. */
  gap?: Range | undefined
  /** A saved part that may be delivered as it is: nothing was delivered since its reading began. */
  deliverable?: PartName | undefined
  /** When steps failed since this export last got on, UTC milliseconds, oldest first. */
  setbacks: readonly number[]
}

/** All that is to be known to decide the next step. */
export interface LineState {
  /** UTC milliseconds. */
  now: number
  /** Oldest first. */
  exports: readonly ExportState[]
  /** The exports of the latest deliveries, latest first. */
  recent: readonly string[]
}

export type Outcome = 'delivered' | 'cancelled' | 'failed'

export type Action =
  | { kind: 'plan'; exportId: string }
  | { kind: 'read'; exportId: string; range: Range }
  | { kind: 'deliver'; part: PartName }
  | { kind: 'finish'; exportId: string; outcome: Outcome }
  | { kind: 'wait'; until: number }
  | { kind: 'idle' }

/** How long an export may go without getting on before it counts as failed. */
export const PATIENCE_MS = 10 * 60_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
/** Of so many slices, at least one goes to the oldest export of everything. */
const FULL_SHARE = 4

/** When an export with setbacks may be tried again. */
function retryAt({ setbacks }: ExportState): number {
  const last = setbacks[setbacks.length - 1]
  if (last === undefined) return 0
  return last + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (setbacks.length - 1))
}

/** From the first setback to the latest; time in which nobody tried does not count against an export. */
const failedFor = ({ setbacks }: ExportState): number =>
  (setbacks[setbacks.length - 1] ?? 0) - (setbacks[0] ?? 0)

function outcome(state: ExportState): Outcome | undefined {
  if (state.cancelled) return 'cancelled'
  if (!state.coveredBy && failedFor(state) >= PATIENCE_MS) return 'failed'
  return state.planned && !state.gap ? 'delivered' : undefined
}

/** Small ones first, oldest first; but full ones never starve. */
function pick(ready: readonly ExportState[], recent: readonly string[]) {
  const full = ready.find(({ small }) => !small)
  const lately = recent.slice(0, FULL_SHARE - 1)
  const starving = lately.length === FULL_SHARE - 1 && lately.every((id) => id !== full?.exportId)
  return (starving && full) || (ready.find(({ small }) => small) ?? full)
}

/**
 * Decides what a worker does next, from what the documents say and nothing else.
 *
 * A saved part goes before any reading, of any export: once something newer was delivered it would be
 * an older observation, and had to be read again.
 */
export function next({ now, exports, recent }: LineState): Action {
  for (const state of exports) {
    const ended = outcome(state)
    // What kept it from ending well may pass.
    if (ended === 'delivered' && retryAt(state) > now) continue
    if (ended) return { kind: 'finish', exportId: state.exportId, outcome: ended }
  }
  const saved = exports.find(({ deliverable }) => deliverable)
  if (saved?.deliverable) {
    const until = retryAt(saved)
    return until > now ? { kind: 'wait', until } : { kind: 'deliver', part: saved.deliverable }
  }
  const open = exports.filter(({ coveredBy }) => !coveredBy)
  const chosen = pick(
    open.filter((state) => retryAt(state) <= now),
    recent
  )
  if (chosen) {
    const { exportId, gap } = chosen
    return chosen.planned && gap
      ? { kind: 'read', exportId, range: gap }
      : { kind: 'plan', exportId }
  }
  return open.length > 0
    ? { kind: 'wait', until: Math.min(...open.map(retryAt)) }
    : { kind: 'idle' }
}
