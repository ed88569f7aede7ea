import { number } from '../cli/progress'
import { comparisonTable } from '../cli/summary'
import type { Outcome } from './client'
import type { TrackedExport } from './export-tracker'
import { type ChaosResult, tally } from './verdict'
import type { ZeroMonitor } from './zeros'

/** Counts of a chaos run for its summary. */
export interface ChaosCounts {
  changes: number
  rejected: number
  uncertain: number
  kills: number
  faults: Record<string, number>
  /** Responses of VTEX with status 429. */
  rateLimited: number
  zeros: Pick<ZeroMonitor, 'imported' | 'neverZeroCount'>
}

/** The lines printed about a chaos run. */
export function chaosSummary(result: ChaosResult, counts: ChaosCounts): string {
  const { accepted, last, leaks, falseZeros, comparison } = result
  const { completed, completedWithErrors, failed, cancelled, lost, merged, completedInChaos } =
    tally(result)
  const { changes, rejected, uncertain, kills, faults, rateLimited, zeros } = counts
  const ended = { completed, completedWithErrors, failed, cancelled, lost }
  const injected = Object.values(faults).reduce((sum, count) => sum + count, 0)
  return [
    comparisonTable(comparison),
    '',
    `Chaos run of ${result.minutes} minutes: ${number(changes)} stock changes, ${kills} workers killed`,
    `  faults: ${number(injected)} (${list(faults)}); ${number(rateLimited)} requests rate limited by VTEX`,
    `  exports: ${accepted.length} accepted, ${rejected} rejected, ${uncertain} without a response`,
    `  of the accepted: ${list(ended)}`,
    `  completed during the chaos run: ${completedInChaos}; merged into another export: ${merged}`,
    `  seconds from acceptance to the end: ${durations(accepted)}`,
    `  export after the chaos run: ${last ? statusOf(last) : 'not accepted'}`,
    `  zeros imported: ${number(zeros.imported)}, false ones: ${falseZeros.length} (${number(zeros.neverZeroCount)} offers were never zero)`,
    `  secrets found: ${leaks.found}`,
  ].join('\n')
}

function list(counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([name, count]) => `${number(count)} ${name}`)
  return parts.join(', ') || 'none'
}

const statusOf = ({ outcome }: TrackedExport) =>
  typeof outcome === 'object' ? outcome.status : (outcome ?? 'no response')

function durations(accepted: readonly TrackedExport[]): string {
  const seconds = accepted
    .flatMap(({ outcome }) => (typeof outcome === 'object' ? secondsOf(outcome) : []))
    .sort((a, b) => a - b)
  const at = (share: number) => seconds[Math.floor(share * (seconds.length - 1))]?.toFixed(0)
  return seconds.length === 0 ? 'none' : `median ${at(0.5)}, most ${at(1)}`
}

const secondsOf = ({ acceptedAt, endedAt }: Outcome) =>
  endedAt === undefined ? [] : [(Date.parse(endedAt) - Date.parse(acceptedAt)) / 1_000]
