import { number } from '../cli/progress'
import type { Measured } from './limit'

/** Of what the upstream allows, the export must reach so much. */
const LEAST_SHARE = 0.85
/** Of its requests, so many may be refused. */
const MOST_REFUSED = 0.05

/** How an export fared under a limit, in lines to print. */
export function limitLines(title: string, { status, seconds, limits }: Measured): string {
  const rows = limits.map(
    (each) =>
      `  ${each.name}: ${each.perSecond.toFixed(1)} requests/s while reading, ` +
      `${number(each.refused)} of ${number(each.passed + each.refused)} refused ` +
      `(${(100 * refusedShare(each)).toFixed(2)} %)`
  )
  return [`${title}: ${status} after ${seconds.toFixed(0)} s`, ...rows].join('\n')
}

/**
 * What must not be of an export that finds the limit by itself. The upstream's busiest API must be used as
 * far as it allows; another one may have less to do.
 */
export function learningComplaints(allowed: number, { status, limits }: Measured): string[] {
  const fastest = Math.max(...limits.map(({ perSecond }) => perSecond))
  const least = LEAST_SHARE * allowed
  const slow =
    fastest < least
      ? [`${fastest.toFixed(1)} requests/s: expected ${least.toFixed(1)} at least`]
      : []
  const refused = limits
    .filter((each) => refusedShare(each) > MOST_REFUSED)
    .map((each) => `${each.name} refused more than ${100 * MOST_REFUSED} %`)
  return [...notCompleted(status), ...slow, ...refused]
}

/** What must not be of an export that is told to stay below the limit. */
export function boundedComplaints({ status, limits }: Measured): string[] {
  const refused = limits
    .filter((each) => each.refused > 0)
    .map((each) => `below the limit, ${each.name} refused ${each.refused} requests: expected none`)
  return [...notCompleted(status), ...refused]
}

const notCompleted = (status: Measured['status']) =>
  status === 'completed' ? [] : [`the export is ${status}: expected completed`]

const refusedShare = ({ passed, refused }: { passed: number; refused: number }) =>
  refused / Math.max(1, passed + refused)
