import type { ScheduledCall } from '../../node/clients/scheduler'
import { UpstreamError } from '../../node/common/upstreamError'

/** VTEX's scheduler and the log, and what was done to them. */
export class World {
  at = Date.UTC(2026, 10, 22)
  readonly entries = new Map<string, ScheduledCall>()
  readonly lines: string[] = []
  calls = 0
  /** Ids whose calls fail, and how. */
  failures: Record<string, UpstreamError | undefined> = {}
  /** What each call to the scheduler waits for. */
  blocker = Promise.resolve()

  readonly tools = {
    now: () => this.at,
    log: { info: this.write('info'), warn: this.write('warn'), error: this.write('error') },
    scheduler: {
      save: async (entry: ScheduledCall) => {
        await this.call(entry.id)
        this.entries.set(entry.id, entry)
      },
      remove: async (id: string) => {
        await this.call(id)
        if (!this.entries.delete(id)) throw new UpstreamError('VTEX scheduler', 'missing', '404')
      },
    },
  }

  get expressions() {
    return Object.fromEntries([...this.entries].map(([id, { expression }]) => [id, expression]))
  }

  private write(level: string) {
    return (step: string, fields: object = {}) =>
      void this.lines.push(`${level} ${step} ${JSON.stringify(fields)}`)
  }

  private async call(id: string) {
    this.calls++
    await this.blocker
    const failure = this.failures[id]
    if (failure) throw failure
  }
}
