import { ApiError } from './api'

const SLOWEST_MS = 60_000
const GROWTH = 1.5

/**
 * Calls `load` again and again while the tab is visible: after `every` ms, and later and later while the result stays
 * the same or it fails.
 */
export class Poller<T> {
  private timer: ReturnType<typeof setTimeout> | undefined
  private abort = new AbortController()
  private delay = 0
  private last = ''
  private readonly onVisible = () => {
    if (document.visibilityState === 'visible') this.now()
    else clearTimeout(this.timer)
  }

  constructor(
    private readonly load: (signal: AbortSignal) => Promise<T>,
    private readonly every: (data: T) => number | undefined,
    private readonly onData: (data: T) => void,
    private readonly onError: (thrown: unknown) => void
  ) {
    document.addEventListener('visibilitychange', this.onVisible)
    this.now()
  }

  stop(): void {
    clearTimeout(this.timer)
    this.abort.abort()
    document.removeEventListener('visibilitychange', this.onVisible)
  }

  now(): void {
    clearTimeout(this.timer)
    this.abort.abort()
    this.abort = new AbortController()
    void this.run(this.abort.signal)
  }

  private async run(signal: AbortSignal): Promise<void> {
    try {
      const data = await this.load(signal)
      if (signal.aborted) return
      const every = this.every(data)
      const text = JSON.stringify(data)
      this.delay = every && text === this.last ? Math.max(every, this.delay * GROWTH) : (every ?? 0)
      this.last = text
      this.onData(data)
      if (every) this.later(this.delay)
    } catch (thrown) {
      if (signal.aborted) return
      this.onError(thrown)
      if (thrown instanceof ApiError && thrown.status === 401) return
      const wait = thrown instanceof ApiError ? thrown.retryAfter * 1_000 : 0
      this.delay = Math.max(wait, this.delay * GROWTH, 5_000)
      this.later(this.delay)
    }
  }

  private later(ms: number): void {
    this.delay = Math.min(ms, SLOWEST_MS)
    if (document.visibilityState !== 'visible') return
    this.timer = setTimeout(() => this.now(), this.delay)
  }
}
