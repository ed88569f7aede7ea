import { number } from '../cli/progress'
import type { LimitMeasurement } from './limit'

/** The export must use at least this share of the upstream's limit. */
const MIN_LIMIT_USE = 0.85
/** At most this share of its requests may get 429. */
const MAX_RATE_LIMITED = 0.05

/** The lines printed about an export under a limit. */
export function limitSummary(title: string, { status, seconds, limits }: LimitMeasurement): string {
  const rows = limits.map(
    (each) =>
      `  ${each.name}: ${each.perSecond.toFixed(1)} requests/s while reading, ` +
      `${number(each.rateLimited)} of ${number(each.passed + each.rateLimited)} rate limited ` +
      `(${(100 * rateLimitedShare(each)).toFixed(2)} %)`
  )
  return [`${title}: ${status} after ${seconds.toFixed(0)} s`, ...rows].join('\n')
}

/**
 * Problems of an export that finds the limit by itself. It must use the limit of the busiest API; other APIs may get
 * fewer requests.
 */
export function unlimitedRunProblems(
  allowed: number,
  { status, limits }: LimitMeasurement
): string[] {
  const fastest = Math.max(...limits.map(({ perSecond }) => perSecond))
  const least = MIN_LIMIT_USE * allowed
  const tooSlow =
    fastest < least
      ? [`${fastest.toFixed(1)} requests/s: expected ${least.toFixed(1)} at least`]
      : []
  const rateLimited = limits
    .filter((each) => rateLimitedShare(each) > MAX_RATE_LIMITED)
    .map(
      (each) => `${each.name} rate limited more than ${100 * MAX_RATE_LIMITED} % of the requests`
    )
  return [...notCompleted(status), ...tooSlow, ...rateLimited]
}

/** Problems of an export whose maxRequestsPerMinute is below the limit. */
export function limitedRunProblems({ status, limits }: LimitMeasurement): string[] {
  const rateLimited = limits
    .filter((each) => each.rateLimited > 0)
    .map(
      (each) =>
        `below the limit, ${each.name} rate limited ${each.rateLimited} requests: expected none`
    )
  return [...notCompleted(status), ...rateLimited]
}

const notCompleted = (status: LimitMeasurement['status']) =>
  status === 'completed' ? [] : [`the export is ${status}: expected completed`]

const rateLimitedShare = ({ passed, rateLimited }: { passed: number; rateLimited: number }) =>
  rateLimited / Math.max(1, passed + rateLimited)
