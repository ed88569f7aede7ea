import type { ServerResponse } from 'node:http'

/** The calls to one upstream. */
export interface CallCount {
  /** Calls begun. */
  total: number
  /** Calls begun and not yet ended. */
  open: number
  /** The most that were open at one time. */
  mostOpen: number
  /** Ended calls by status; `aborted` for those whose answer did not get out whole. */
  byStatus: Record<string, number>
}

/** Counts the app's calls by upstream: a hostname, or `vbase`, `courier`, `apps`, `scheduler`. */
export class RequestCounters {
  private readonly counts = new Map<string, CallCount>()

  /** How many calls to `upstream`, or to all of them, were begun since the start or the last reset. */
  total(upstream?: string): number {
    const counts = upstream === undefined ? [...this.counts.values()] : [this.of(upstream)]
    return counts.reduce((sum, { total }) => sum + total, 0)
  }

  /** The calls to one upstream. */
  of(upstream: string): CallCount {
    return this.counts.get(upstream) ?? { total: 0, open: 0, mostOpen: 0, byStatus: {} }
  }

  /** The calls to each upstream. */
  all(): Record<string, CallCount> {
    return Object.fromEntries(this.counts)
  }

  reset(): void {
    this.counts.clear()
  }

  /** Counts a call from now to the end of its response. */
  follow(upstream: string, response: ServerResponse): void {
    const count = this.of(upstream)
    this.counts.set(upstream, count)
    count.total++
    count.open++
    count.mostOpen = Math.max(count.mostOpen, count.open)
    response.once('close', () => {
      count.open--
      const outcome = response.writableFinished ? String(response.statusCode) : 'aborted'
      count.byStatus[outcome] = (count.byStatus[outcome] ?? 0) + 1
    })
  }
}
