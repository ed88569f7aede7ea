import { limiterOf } from '../throttling/limiters'
import { CommerceApi } from './vtexClient'

/** An entry of VTEX's scheduler: a request that it makes by itself. */
export interface ScheduledCall {
  /** Of our own choice; a later entry of the same id replaces it. */
  id: string
  /** A cron expression of five fields. VTEX documents no time zone. */
  expression: string
  uri: string
  /** Sent along; may hold secrets. */
  headers: Record<string, string>
}

/** Far enough: an entry without an end is documented nowhere. */
const END = '2099-12-31T23:59:00'

/** VTEX IO's scheduler, as far as entries of this app go. */
export class Scheduler extends CommerceApi {
  protected readonly limiter = limiterOf(this.context, 'scheduler')

  /** Creates or replaces an entry. A call that fails is made once more, a minute later. @throws {UpstreamError} */
  save({ id, expression, uri, headers }: ScheduledCall): Promise<void> {
    const entry = {
      id,
      scheduler: { expression, endDate: END },
      request: { uri, method: 'POST', headers, body: {} },
      retry: {
        delay: { addMinutes: 1, addHours: 0, addDays: 0 },
        times: 1,
        backOffRate: 1.0,
      },
    }
    return this.put(this.path, entry, { version: 4 })
  }

  /** Removes an entry. @throws {UpstreamError} `missing` where there is none */
  remove(id: string): Promise<void> {
    return this.delete(`${this.path}/${id}`, { version: 4 })
  }

  /** Entries are kept by workspace and app. */
  private get path() {
    return `/api/scheduler/${this.context.workspace}/${appName()}`
  }
}

/** Vendor and name of this app, without its version: "vendor.name". */
export const appName = (): string => (process.env.VTEX_APP_ID ?? '').split('@')[0] ?? ''
