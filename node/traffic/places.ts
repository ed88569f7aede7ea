/**
 * Who came late may hurry, but makes up for no more than this: timers of a busy process are late, and upstreams
 * take a tenth of a second's calls at once.
 */
const SLACK_MS = 100

/** Places in time, each a gap after the one before. */
export class Places {
  private next = 0

  /** None before `at`, in milliseconds. */
  resumeAt(at: number) {
    this.next = at
  }

  /** Whether callers wait for their places, or would if none of them were late. */
  areAwaited(now: number): boolean {
    return this.next > now - SLACK_MS
  }

  /** Takes the next one: milliseconds to wait for it. */
  take(now: number, gapMs: number): number {
    const place = Math.max(this.next, now - SLACK_MS)
    this.next = place + gapMs
    return Math.max(0, place - now)
  }
}
