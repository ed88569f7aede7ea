import { type Entry, endOf, retryDelay } from './entry'
import { nextExecution } from './expression'
import { ForbiddenHost, type SendRequest } from './request-sender'
import type { EntryStore } from './store'

const MINUTE = 60_000
const CALLS_KEPT = 20

/** A call of the scheduler. */
export interface Call {
  /** Start time, ISO 8601. */
  at: string
  /** Attempt of this execution, from 1. */
  attempt: number
  /** Absent if there was no response. */
  status?: number
  /** Why there was no response. */
  error?: string
}

/** An entry with its next execution and its last calls, newest first. */
export interface Scheduled {
  app: string
  entry: Entry
  /** Epoch milliseconds; undefined if its schedule has ended. */
  next: number | undefined
  calls: Call[]
}

interface Retry {
  scheduled: Scheduled
  attempt: number
  at: number
}

/**
 * VTEX IO's scheduler: sends each entry's request at the minutes of its expression. Executions that were missed while it
 * was stopped are skipped. A call without a 2xx response is retried at whole minutes, as the entry's `retry` says;
 * retries do not survive a restart.
 */
export class Scheduler {
  /** Calls since the start; `refused` ones were to another host and not sent. */
  readonly counts = { succeeded: 0, failed: 0, refused: 0 }
  private readonly scheduled = new Map<string, Scheduled>()
  private retries: Retry[] = []
  private timer: NodeJS.Timeout | undefined
  private readonly ending = new AbortController()

  constructor(
    private readonly store: EntryStore,
    private readonly call: SendRequest
  ) {}

  /** Loads the saved entries; must end before an entry is saved. */
  async load(): Promise<void> {
    for (const { app, entry } of await this.store.load()) this.add(app, entry)
  }

  /** Starts calling. */
  start(): void {
    this.waitForMinute()
  }

  /** Stops all calls; entries stay on disk. */
  stop(): void {
    clearTimeout(this.timer)
    this.ending.abort()
  }

  /** All entries, or those of one app. */
  list(app?: string): Scheduled[] {
    return [...this.scheduled.values()].filter((each) => app === undefined || each.app === app)
  }

  get(app: string, id: string): Scheduled | undefined {
    return this.scheduled.get(keyOf(app, id))
  }

  /** Creates or replaces an entry; when this resolves, it is on disk. Throws `BadExpression`. */
  async put(app: string, entry: Entry): Promise<Scheduled> {
    const scheduled = this.add(app, entry)
    await this.save()
    return scheduled
  }

  /** Returns whether the entry existed. */
  async delete(app: string, id: string): Promise<boolean> {
    const existed = this.scheduled.delete(keyOf(app, id))
    if (existed) await this.save()
    return existed
  }

  /** Runs an entry now, with its retries; returns the result of the first attempt. */
  run(scheduled: Scheduled): Promise<Call> {
    return this.perform(scheduled, 1)
  }

  private add(app: string, entry: Entry): Scheduled {
    const key = keyOf(app, entry.id)
    const calls = this.scheduled.get(key)?.calls ?? []
    const scheduled: Scheduled = { app, entry, next: nextOf(entry), calls }
    this.scheduled.set(key, scheduled)
    return scheduled
  }

  private save(): Promise<void> {
    return this.store.save(this.list().map(({ app, entry }) => ({ app, entry })))
  }

  private waitForMinute(): void {
    this.timer = setTimeout(
      () => {
        this.callDue(Date.now())
        this.waitForMinute()
      },
      MINUTE - (Date.now() % MINUTE)
    )
  }

  private callDue(now: number): void {
    const due = this.retries.filter(({ at }) => at <= now)
    this.retries = this.retries.filter(({ at }) => at > now)
    for (const { scheduled, attempt } of due) {
      // Entries that were deleted or replaced meanwhile are not retried.
      if (this.list().includes(scheduled)) void this.perform(scheduled, attempt)
    }
    for (const scheduled of this.list()) {
      if (scheduled.next === undefined || scheduled.next > now) continue
      scheduled.next = nextOf(scheduled.entry)
      void this.perform(scheduled, 1)
    }
  }

  /** Never rejects: a failed call is a result. */
  private async perform(scheduled: Scheduled, attempt: number): Promise<Call> {
    const call: Call = { at: new Date().toISOString(), attempt }
    let outcome: keyof Scheduler['counts'] = 'failed'
    try {
      call.status = await this.call(scheduled.entry.request, this.ending.signal)
      if (call.status >= 200 && call.status < 300) outcome = 'succeeded'
    } catch (error) {
      call.error = error instanceof Error ? error.message : String(error)
      if (error instanceof ForbiddenHost) outcome = 'refused'
    }
    this.counts[outcome]++
    scheduled.calls.unshift(call)
    scheduled.calls.splice(CALLS_KEPT)
    const delay = outcome === 'failed' ? retryDelay(scheduled.entry, attempt) : undefined
    if (delay !== undefined) {
      this.retries.push({ scheduled, attempt: attempt + 1, at: Date.now() + delay })
    }
    return call
  }
}

function nextOf({ scheduler: { expression, endDate } }: Entry): number | undefined {
  return nextExecution(expression, Date.now(), endOf(endDate))
}

function keyOf(app: string, id: string): string {
  return JSON.stringify([app, id])
}
