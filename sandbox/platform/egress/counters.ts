import type { ServerResponse } from 'node:http'

/** Counts of the requests to one upstream. */
export interface CallCount {
  /** Started requests. */
  total: number
  /** Requests in progress. */
  open: number
  /** The maximum of `open`. */
  mostOpen: number
  /** Ended requests by status; `aborted` if the response was not sent completely. */
  byStatus: Record<string, number>
}

/** Counts the app's requests by upstream: a hostname, or `vbase`, `courier`, `apps`, `scheduler`. */
export class RequestCounters {
  private readonly counts = new Map<string, CallCount>()

  /** Requests to `upstream`, or to all, since the start or the last reset. */
  total(upstream?: string): number {
    const counts = upstream === undefined ? [...this.counts.values()] : [this.of(upstream)]
    return counts.reduce((sum, { total }) => sum + total, 0)
  }

  /** Counts of one upstream. */
  of(upstream: string): CallCount {
    return this.counts.get(upstream) ?? { total: 0, open: 0, mostOpen: 0, byStatus: {} }
  }

  /** Counts of each upstream. */
  all(): Record<string, CallCount> {
    return Object.fromEntries(this.counts)
  }

  reset(): void {
    this.counts.clear()
  }

  /** Counts a request until the end of its response. */
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
