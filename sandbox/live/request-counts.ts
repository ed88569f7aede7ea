import { z } from 'zod'

const countsSchema = z.record(z.string(), z.record(z.string(), z.int().nonnegative()))

/** Requests by call, and of each by its outcome: a status, or the code of what failed. */
export type Counts = z.infer<typeof countsSchema>

export { countsSchema }

/** Counts the requests that left. */
export class RequestCounts {
  private readonly counts: Counts = {}

  add(call: string, outcome: string, times = 1): void {
    this.counts[call] ??= {}
    const ofCall = this.counts[call]
    ofCall[outcome] = (ofCall[outcome] ?? 0) + times
  }

  all(): Counts {
    return structuredClone(this.counts)
  }
}

/** The counts of two runs together. */
export function together(one: Counts, other: Counts): Counts {
  const sum = new RequestCounts()
  for (const counts of [one, other]) {
    for (const [call, outcomes] of Object.entries(counts)) {
      for (const [outcome, times] of Object.entries(outcomes)) sum.add(call, outcome, times)
    }
  }
  return sum.all()
}

/** How many requests there were, of one call or of all. */
export function totalOf(counts: Counts, call?: string): number {
  const ofCalls = call === undefined ? Object.values(counts) : [counts[call] ?? {}]
  return ofCalls.flatMap((outcomes) => Object.values(outcomes)).reduce((sum, n) => sum + n, 0)
}
