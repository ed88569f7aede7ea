import { number } from '../cli/progress'
import { comparisonTable } from '../cli/summary'
import type { Outcome } from './client'
import type { Followed } from './follow'
import { type StormResult, tally } from './verdict'
import type { ZeroWatch } from './zeros'

/** What happened in a storm, beside what it left behind. */
export interface StormCounts {
  changes: number
  refused: number
  uncertain: number
  kills: number
  faults: Record<string, number>
  /** Answers 429 from VTEX. */
  refusals: number
  zeros: Pick<ZeroWatch, 'imported' | 'guarded'>
}

/** How a storm went, in lines to print. */
export function stormLines(result: StormResult, counts: StormCounts): string {
  const { accepted, last, leaks, falseZeros, comparison } = result
  const { completed, completedWithErrors, failed, cancelled, lost, covered, throughStorm } =
    tally(result)
  const { changes, refused, uncertain, kills, faults, refusals, zeros } = counts
  const ended = { completed, completedWithErrors, failed, cancelled, lost }
  const injected = Object.values(faults).reduce((sum, count) => sum + count, 0)
  return [
    comparisonTable(comparison),
    '',
    `Storm of ${result.minutes} minutes: ${number(changes)} stock changes, ${kills} workers killed`,
    `  faults: ${number(injected)} (${list(faults)}); VTEX answered 429 ${number(refusals)} times`,
    `  exports: ${accepted.length} accepted, ${refused} refused, ${uncertain} without an answer`,
    `  of the accepted: ${list(ended)}`,
    `  completed in the storm: ${throughStorm}; of all completed, ${covered} were covered by another`,
    `  seconds from acceptance to the end: ${durations(accepted)}`,
    `  export after the storm: ${last ? statusOf(last) : 'not accepted'}`,
    `  zeros imported: ${number(zeros.imported)}, false ones: ${falseZeros.length} (${number(zeros.guarded)} offers never were zero)`,
    `  secrets seen: ${leaks.seen}`,
  ].join('\n')
}

function list(counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([name, count]) => `${number(count)} ${name}`)
  return parts.join(', ') || 'none'
}

const statusOf = ({ outcome }: Followed) =>
  typeof outcome === 'object' ? outcome.status : (outcome ?? 'silent')

function durations(accepted: readonly Followed[]): string {
  const seconds = accepted
    .flatMap(({ outcome }) => (typeof outcome === 'object' ? secondsOf(outcome) : []))
    .sort((a, b) => a - b)
  const at = (share: number) => seconds[Math.floor(share * (seconds.length - 1))]?.toFixed(0)
  return seconds.length === 0 ? 'none' : `median ${at(0.5)}, most ${at(1)}`
}

const secondsOf = ({ acceptedAt, endedAt }: Outcome) =>
  endedAt === undefined ? [] : [(Date.parse(endedAt) - Date.parse(acceptedAt)) / 1_000]
