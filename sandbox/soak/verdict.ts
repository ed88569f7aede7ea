import type { Comparison } from '../comparison/compare'
import type { Outcome } from './client'
import type { TrackedExport } from './export-tracker'
import type { FalseZero } from './zeros'

/** Exports that must complete per minute of the chaos run. */
const MIN_EXPORTS_PER_MINUTE = 4
const MAX_EXAMPLES = 5

/** The result of a chaos run. */
export interface ChaosResult {
  minutes: number
  /** When the faults were removed, epoch milliseconds. */
  chaosEndedAt: number
  /** All exports accepted during the chaos run. */
  accepted: readonly TrackedExport[]
  /** The export after the chaos run; absent if it was not accepted. */
  last?: TrackedExport
  /** Exports that are still open in the app at the end, accepted or not. */
  leftOpen: number
  falseZeros: readonly FalseZero[]
  /** Number of texts with a secret, and where. */
  leaks: { found: number; places: readonly string[] }
  comparison: Comparison
}

/** The accepted exports by outcome. */
export interface Tally {
  completed: number
  completedWithErrors: number
  failed: number
  cancelled: number
  /** Not ended, or unknown to the app. */
  lost: number
  /** Merged into another export (`coveredBy`). */
  merged: number
  /** Completed, with or without errors, before the faults were removed. */
  completedInChaos: number
}

export function tally({
  accepted,
  chaosEndedAt,
}: Pick<ChaosResult, 'accepted' | 'chaosEndedAt'>): Tally {
  const outcomes = accepted.map(({ outcome }) => (outcome === 'unknown' ? undefined : outcome))
  const count = (wanted: (outcome: Outcome) => boolean) =>
    outcomes.filter((outcome) => outcome && wanted(outcome)).length
  const ended = {
    completed: count(({ status }) => status === 'completed'),
    completedWithErrors: count(({ status }) => status === 'completedWithErrors'),
    failed: count(({ status }) => status === 'failed'),
    cancelled: count(({ status }) => status === 'cancelled'),
  }
  const { completed, completedWithErrors, failed, cancelled } = ended
  return {
    ...ended,
    lost: accepted.length - completed - completedWithErrors - failed - cancelled,
    merged: count(({ coveredBy }) => coveredBy !== undefined),
    completedInChaos: count(
      ({ status, endedAt }) =>
        status.startsWith('completed') &&
        endedAt !== undefined &&
        Date.parse(endedAt) <= chaosEndedAt
    ),
  }
}

/** The problems of a chaos run, as lines to print; empty if it passed. */
export function findProblems(result: ChaosResult): string[] {
  const { minutes, accepted, last, leftOpen, falseZeros, leaks, comparison } = result
  const { failed, cancelled, lost, completedInChaos } = tally(result)
  const least = Math.floor(MIN_EXPORTS_PER_MINUTE * minutes)
  const { differing, missing, surplus } = comparison
  const problem = (count: number, text: string, examples: readonly string[] = []) =>
    count > 0 ? [[`${count} ${text}`, ...examples.slice(0, MAX_EXAMPLES)].join('\n    ')] : []
  const named = (wanted: (each: TrackedExport) => boolean) => accepted.filter(wanted).map(describe)
  return [
    ...problem(lost, 'accepted exports never ended', named(isLost)),
    ...problem(failed + cancelled, 'exports failed', named(isFailed)),
    ...problem(leftOpen, 'exports are still open'),
    ...(completedInChaos < least
      ? [`${completedInChaos} exports completed during the chaos run: expected at least ${least}`]
      : []),
    ...(last === undefined || isLost(last) || isFailed(last)
      ? [`the export after the chaos run: ${last ? describe(last) : 'not accepted'}`]
      : []),
    ...problem(differing, 'offers differ'),
    ...problem(missing, 'offers are missing'),
    ...problem(surplus, 'offers are in Intershop but in no source'),
    ...problem(
      falseZeros.length,
      'zeros were imported for offers that were never zero',
      falseZeros.map(({ offerSku, file }) => `${offerSku} in ${file}`)
    ),
    ...problem(leaks.found, 'texts contain a secret', leaks.places),
  ]
}

const isLost = ({ outcome }: TrackedExport) =>
  outcome === undefined || outcome === 'unknown' || outcome.endedAt === undefined

const isFailed = ({ outcome }: TrackedExport) =>
  outcome !== undefined && outcome !== 'unknown' && ['failed', 'cancelled'].includes(outcome.status)

function describe({ exportId, path, outcome }: TrackedExport): string {
  const state =
    outcome === undefined || outcome === 'unknown' ? (outcome ?? 'no response') : outcome
  if (typeof state === 'string') return `${exportId} ${path}: ${state}`
  const reason = state.error ? ` (${state.error.code}: ${state.error.message})` : ''
  return `${exportId} ${path}: ${state.status}${reason}`
}
