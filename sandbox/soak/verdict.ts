import type { Comparison } from '../comparison/compare'
import type { Outcome } from './client'
import type { Followed } from './follow'
import type { FalseZero } from './zeros'

/** Exports that must get through a minute of storm. */
const LEAST_A_MINUTE = 4
const NAMED = 5

/** What a storm left behind. */
export interface StormResult {
  minutes: number
  /** When the storm was over, epoch milliseconds. */
  quietAt: number
  /** All that were accepted in the storm. */
  accepted: readonly Followed[]
  /** The export after the storm; absent when it was not accepted. */
  last?: Followed
  /** Exports that the app still has open at the end, accepted or not. */
  leftOpen: number
  falseZeros: readonly FalseZero[]
  /** How often a secret was seen, and where. */
  leaks: { seen: number; places: readonly string[] }
  comparison: Comparison
}

/** What became of the accepted exports. */
export interface Tally {
  completed: number
  completedWithErrors: number
  failed: number
  cancelled: number
  /** Not ended, or not known to the app any more. */
  lost: number
  /** Of the completed ones, those whose work another export did. */
  covered: number
  /** Completed, with or without errors, before the storm was over. */
  throughStorm: number
}

export function tally({ accepted, quietAt }: Pick<StormResult, 'accepted' | 'quietAt'>): Tally {
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
    covered: count(({ coveredBy }) => coveredBy !== undefined),
    throughStorm: count(
      ({ status, endedAt }) =>
        status.startsWith('completed') && endedAt !== undefined && Date.parse(endedAt) <= quietAt
    ),
  }
}

/** What must not be, in words; nothing when the storm did no harm. */
export function complaints(result: StormResult): string[] {
  const { minutes, accepted, last, leftOpen, falseZeros, leaks, comparison } = result
  const { failed, cancelled, lost, throughStorm } = tally(result)
  const least = Math.floor(LEAST_A_MINUTE * minutes)
  const { differing, missing, surplus } = comparison
  const wrong = (count: number, text: string, examples: readonly string[] = []) =>
    count > 0 ? [[`${count} ${text}`, ...examples.slice(0, NAMED)].join('\n    ')] : []
  const named = (wanted: (each: Followed) => boolean) => accepted.filter(wanted).map(describe)
  return [
    ...wrong(lost, 'accepted exports never ended', named(isLost)),
    ...wrong(failed + cancelled, 'exports failed', named(isFailed)),
    ...wrong(leftOpen, 'exports are still open'),
    ...(throughStorm < least
      ? [`${throughStorm} exports completed in the storm: expected ${least} at least`]
      : []),
    ...(last === undefined || isLost(last) || isFailed(last)
      ? [`the export after the storm: ${last ? describe(last) : 'not accepted'}`]
      : []),
    ...wrong(differing, 'offers differ'),
    ...wrong(missing, 'offers are missing'),
    ...wrong(surplus, 'offers are in Intershop and in no source'),
    ...wrong(
      falseZeros.length,
      'zeros were imported of offers that never were zero',
      falseZeros.map(({ offerSku, file }) => `${offerSku} in ${file}`)
    ),
    ...wrong(leaks.seen, 'times a secret was seen', leaks.places),
  ]
}

const isLost = ({ outcome }: Followed) =>
  outcome === undefined || outcome === 'unknown' || outcome.endedAt === undefined

const isFailed = ({ outcome }: Followed) =>
  outcome !== undefined && outcome !== 'unknown' && ['failed', 'cancelled'].includes(outcome.status)

function describe({ exportId, path, outcome }: Followed): string {
  const said = outcome === undefined || outcome === 'unknown' ? (outcome ?? 'silent') : outcome
  if (typeof said === 'string') return `${exportId} ${path}: ${said}`
  const reason = said.error ? ` (${said.error.code}: ${said.error.message})` : ''
  return `${exportId} ${path}: ${said.status}${reason}`
}
