import type { Line } from './line'
import type { Plan } from './plan'
import { type ExportRequest, isIdentical } from './scope'

/** Which waiting export is answered by which running one. */
export function covering(plans: ReadonlyMap<string, Plan>): Map<string, string> {
  const pairs = [...plans].flatMap(([exportId, plan]) =>
    plan.covers
      // Two workers may have planned at once, each covering the other's: then both run, or neither would.
      .filter((covered) => !plans.has(covered))
      .map((covered): [string, string] => [covered, exportId])
  )
  return new Map(pairs)
}

/** Exports that wait and ask for the same as this one, to be covered when it starts. */
export function coverable(line: Line, exportId: string): string[] {
  const request = line.requests.get(exportId)
  if (!request) return []
  const waiting = line.exports.filter((state) => !state.planned && !state.coveredBy)
  return waiting
    .filter((state) => state.exportId !== exportId && !state.cancelled)
    .filter((state) => {
      const other = line.requests.get(state.exportId)
      return other !== undefined && isIdentical(request, other) && reachesBackTo(other, request)
    })
    .map((state) => state.exportId)
}

/** A window counts back from when it was accepted: that of a later request begins too late for an earlier one. */
const reachesBackTo = (other: ExportRequest, { acceptedAt, scope: { minutes } }: ExportRequest) =>
  minutes === undefined || acceptedAt <= other.acceptedAt
