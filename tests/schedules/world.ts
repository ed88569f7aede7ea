import type { ScheduledCall } from '../../node/clients/scheduler'
import { UpstreamError } from '../../node/clients/upstreamError'
import { StateError } from '../../node/state/documents'

/** VTEX's scheduler, VBase and the log, and what was done to them. */
export class World {
  at = Date.UTC(2026, 10, 22)
  readonly entries = new Map<string, ScheduledCall>()
  readonly documents = new Map<string, unknown>()
  readonly lines: string[] = []
  calls = 0
  /** Ids whose calls fail, and how. */
  trouble: Record<string, UpstreamError | undefined> = {}
  vbaseIsDown = false
  /** What each call to the scheduler waits for. */
  gate = Promise.resolve()

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
    documents: {
      read: async (folder: string, name: string) => {
        this.reachVBase()
        return this.documents.get(`${folder}/${name}`) ?? null
      },
      save: async (folder: string, name: string, document: unknown) => {
        this.reachVBase()
        this.documents.set(`${folder}/${name}`, document)
      },
      remove: async (folder: string, name: string) => {
        this.reachVBase()
        this.documents.delete(`${folder}/${name}`)
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

  private reachVBase() {
    if (this.vbaseIsDown) throw new StateError('VBase: status 500')
  }

  private async call(id: string) {
    this.calls++
    await this.gate
    const trouble = this.trouble[id]
    if (trouble) throw trouble
  }
}
