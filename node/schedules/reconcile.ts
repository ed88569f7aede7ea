import { TimeoutStrategy, timeout } from 'cockatiel'
import { createHash } from 'crypto'
import { map } from 'ramda'
import type { Scheduler } from '../clients/scheduler'
import { errorFields } from '../common/errors'
import type { Log } from '../common/logger'
import { unlessMissing } from '../common/upstreamError'
import type { ScheduleState, Schedules } from '../exports/exportAnswers'
import { type Desired, ENTRY_IDS, problemsIn, type Schedule } from './schedules'

/** What a reconciliation needs. */
export interface Tools {
  log: Log
  scheduler: Pick<Scheduler, 'save' | 'remove'>
  now(): number
}

/** Identifies the state of the schedules; a hash, since the state contains the token. */
export const hashOf = (wanted: Desired): string =>
  createHash('sha256')
    .update(JSON.stringify([wanted.entries, problemsIn(wanted)]))
    .digest('hex')

/** Writes the wanted entries to VTEX's scheduler and removes all others of this app. @throws {UpstreamError} */
export async function registerSchedules(wanted: Desired, tools: Tools): Promise<void> {
  const { scheduler, log } = tools
  const { entries, schedules } = wanted
  const removed = ENTRY_IDS.filter((each) => entries.every(({ id }) => id !== each))
  // Settled: if VTEX refuses one entry, the other is registered all the same.
  const done = await Promise.allSettled([
    ...entries.map((entry) => scheduler.save(entry)),
    ...removed.map((id) => unlessMissing(scheduler.remove(id))),
  ])
  for (const each of done) if (each.status === 'rejected') throw each.reason
  const { update, full } = schedules
  log.info('schedule.registered', { update: inWords(update), full: inWords(full) })
  for (const problem of problemsIn(wanted)) log.error('schedule.invalid', { problem })
}

const inWords = (schedule: Schedule) => ('expression' in schedule ? schedule.expression : 'none')

/** Entries are registered again after this time: VTEX may lose them. */
const REGISTERED_FOR_MS = 86_400_000
/** Time between two attempts. */
const PAUSE_MS = 60_000
/** Failures so far apart do not end by themselves. */
const FAILING_MS = 180_000
/** How long a request waits for a reconciliation, which then continues without it. */
const requestTimeout = timeout(2_000, TimeoutStrategy.Aggressive)

interface Moment {
  hash: string
  at: number
}

/** Both resolve after a reconciliation, and never fail; `bounded` has a timeout, for requests. */
type Run = Record<'whole' | 'bounded', Promise<void>>

/** Keeps VTEX's scheduler in line with the settings of one account and workspace. */
export class Reconciler {
  private settled: Moment | undefined
  private failed: (Moment & { since: number }) | undefined
  private running: Run | undefined

  /** Reconciles if something may have changed. Concurrent calls share one run. Never fails. */
  async reconcile(wanted: Desired, tools: Tools): Promise<void> {
    if (!this.running && this.isDue(hashOf(wanted), tools.now())) this.run(wanted, tools)
    await this.running?.bounded
  }

  /** Registers the entries in any case. Never fails. */
  async forceReconcile(wanted: Desired, tools: Tools): Promise<void> {
    while (this.running) await this.running.whole
    await this.run(wanted, tools).whole
  }

  /** The state of the schedules, as far as this process knows. */
  stateOf(wanted: Desired): Schedules {
    const isSettled = this.settled?.hash === hashOf(wanted)
    const status = isSettled ? 'registered' : 'notRegistered'
    const state = (each: Schedule): ScheduleState =>
      each.status === 'wanted' ? { ...each, status } : each
    return map(state, wanted.schedules)
  }

  /** Since when it has failed again and again; absent where it succeeded, or has not failed for long. */
  failingSince(wanted: Desired): number | undefined {
    const { failed } = this
    if (failed?.hash !== hashOf(wanted) || failed.at - failed.since < FAILING_MS) return undefined
    return failed.since
  }

  private isDue(hash: string, now: number): boolean {
    const { settled, failed } = this
    if (settled?.hash === hash && now - settled.at < REGISTERED_FOR_MS) return false
    return failed?.hash !== hash || now - failed.at >= PAUSE_MS
  }

  private run(wanted: Desired, tools: Tools): Run {
    const whole = this.attempt(wanted, tools).finally(() => {
      this.running = undefined
    })
    const bounded = requestTimeout.execute(() => whole).catch(() => undefined)
    this.running = { whole, bounded }
    return this.running
  }

  private async attempt(wanted: Desired, tools: Tools): Promise<void> {
    const hash = hashOf(wanted)
    try {
      await registerSchedules(wanted, tools)
      this.settled = { hash, at: tools.now() }
      this.failed = undefined
    } catch (thrown) {
      this.settled = undefined
      const at = tools.now()
      this.failed = { hash, at, since: this.failed?.hash === hash ? this.failed.since : at }
      tools.log.error('schedule.notRegistered', errorFields(thrown))
    }
  }
}
