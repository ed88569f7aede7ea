import { limiterOf } from '../throttling/limiters'
import { CommerceApi } from './baseClients'

/** An entry of VTEX's scheduler: a request that it repeats. */
export interface ScheduledCall {
  /** Chosen by the app; a later entry with the same id replaces it. */
  id: string
  /** Cron expression with five fields. VTEX documents no time zone. */
  expression: string
  uri: string
  /** May contain secrets. */
  headers: Record<string, string>
}

/** VTEX documents no entries without an end. */
const END = '2099-12-31T23:59:00'

/** VTEX IO's scheduler: the entries of this app. */
export class Scheduler extends CommerceApi {
  protected readonly limiter = limiterOf(this.context, 'scheduler')

  /** Creates or replaces an entry. VTEX repeats a failed call once, after a minute. */
  save({ id, expression, uri, headers }: ScheduledCall): Promise<void> {
    const entry = {
      id,
      scheduler: { expression, endDate: END },
      request: { uri, method: 'POST', headers, body: {} },
      retry: { delay: { addMinutes: 1, addHours: 0, addDays: 0 }, times: 1, backOffRate: 1.0 },
    }
    return this.put(this.path, entry, { version: 4 })
  }

  /** Removes an entry. @throws {UpstreamError} `missing` if there is none */
  remove(id: string): Promise<void> {
    return this.delete(`${this.path}/${id}`, { version: 4 })
  }

  /** Entries are kept by workspace and app. */
  private get path() {
    return `/api/scheduler/${this.context.workspace}/${appName()}`
  }
}

/** Vendor and name of this app: "vendor.name". */
export const appName = (): string => (process.env.VTEX_APP_ID ?? '').split('@')[0] ?? ''
