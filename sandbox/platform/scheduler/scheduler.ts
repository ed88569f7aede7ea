import { type Entry, endOf, retryDelay } from './entry'
import { nextExecution } from './expression'
import { ForbiddenHost, type SendRequest } from './request-sender'
import type { EntryStore } from './store'

const MINUTE = 60_000
const CALLS_KEPT = 20

/** A call that the scheduler made. */
export interface Call {
  /** When it began, in ISO 8601. */
  at: string
  /** Which attempt of this execution it was, from 1. */
  attempt: number
  /** Absent when no answer came. */
  status?: number
  /** Why no answer came. */
  error?: string
}

/** An entry, when it is due, and how its last calls went, the newest first. */
export interface Scheduled {
  app: string
  entry: Entry
  /** Milliseconds; undefined when its schedule has ended. */
  next: number | undefined
  calls: Call[]
}

interface Retry {
  scheduled: Scheduled
  attempt: number
  at: number
}

/**
 * VTEX IO's scheduler: makes each entry's request at the minutes that its expression names. Minutes that
 * went by while it was stopped are not made up for. A call without a 2xx is made again as the entry's
 * `retry` says, at whole minutes too; a restart forgets those.
 */
export class Scheduler {
  /** Calls since the start; `refused` ones went to another host, and were not made. */
  readonly counts = { succeeded: 0, failed: 0, refused: 0 }
  private readonly scheduled = new Map<string, Scheduled>()
  private retries: Retry[] = []
  private timer: NodeJS.Timeout | undefined
  private readonly ending = new AbortController()

  constructor(
    private readonly store: EntryStore,
    private readonly call: SendRequest
  ) {}

  /** Takes up the entries of an earlier life; to be awaited before anybody saves one. */
  async load(): Promise<void> {
    for (const { app, entry } of await this.store.load()) this.add(app, entry)
  }

  /** Begins to call. */
  start(): void {
    this.waitForMinute()
  }

  /** Ends all calls; entries stay on disk. */
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

  /** Creates or replaces an entry, on disk once this resolves. Throws `BadExpression`. */
  async put(app: string, entry: Entry): Promise<Scheduled> {
    const scheduled = this.add(app, entry)
    await this.save()
    return scheduled
  }

  /** Whether there was such an entry. */
  async delete(app: string, id: string): Promise<boolean> {
    const existed = this.scheduled.delete(keyOf(app, id))
    if (existed) await this.save()
    return existed
  }

  /** Makes an entry's call now, as its minute would, retries included; answers how the first one went. */
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
      // An entry that was deleted or replaced meanwhile is not called for its old self.
      if (this.list().includes(scheduled)) void this.perform(scheduled, attempt)
    }
    for (const scheduled of this.list()) {
      if (scheduled.next === undefined || scheduled.next > now) continue
      scheduled.next = nextOf(scheduled.entry)
      void this.perform(scheduled, 1)
    }
  }

  /** Never rejects: a call that fails is an outcome. */
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
