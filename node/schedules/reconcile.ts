import { TimeoutStrategy, timeout } from 'cockatiel'
import { createHash } from 'crypto'
import type { Scheduler } from '../clients/scheduler'
import { describe } from '../common/errors'
import type { Log } from '../common/logger'
import { unlessMissing } from '../common/upstreamError'
import { type Desired, ENTRY_IDS, problemsIn, type Schedule } from './schedules'

/** What a reconciliation works with. */
export interface Tools {
  log: Log
  scheduler: Pick<Scheduler, 'save' | 'remove'>
  now(): number
}

/** Hash of the state of the schedules; hashed, since it contains the token. */
export const hashOf = (wanted: Desired): string =>
  createHash('sha256')
    .update(JSON.stringify([wanted.entries, problemsIn(wanted)]))
    .digest('hex')

/**
 * Makes VTEX's scheduler hold the wanted entries and no other of this app. Idempotent: a PUT replaces an entry, and
 * removing one that is not there does nothing.
 * @throws {UpstreamError}
 */
export async function registerSchedules(wanted: Desired, tools: Tools): Promise<void> {
  await register(wanted, tools)
  const { update, full } = wanted.schedules
  tools.log.info('schedule.registered', { update: inWords(update), full: inWords(full) })
  for (const problem of problemsIn(wanted)) tools.log.error('schedule.invalid', { problem })
}

/** An entry that VTEX refuses is no reason to do without the other. */
async function register({ entries }: Desired, { scheduler }: Tools): Promise<void> {
  const wanted = entries.map(({ id }) => id)
  const done = await Promise.allSettled([
    ...entries.map((entry) => scheduler.save(entry)),
    ...ENTRY_IDS.filter((id) => !wanted.includes(id)).map((id) =>
      unlessMissing(scheduler.remove(id))
    ),
  ])
  for (const each of done) if (each.status === 'rejected') throw each.reason
}

const inWords = (schedule: Schedule) => ('expression' in schedule ? schedule.expression : 'none')

/** Registered again after so long, milliseconds: entries may vanish unseen. */
const REGISTERED_FOR_MS = 86_400_000
/** After a failure the scheduler is left alone for so long, milliseconds. */
const PAUSE_MS = 60_000
/** Requests wait for a reconciliation so long; then it goes on without them. */
const patience = timeout(2_000, TimeoutStrategy.Aggressive)

interface Moment {
  hash: string
  at: number
}

interface Run {
  /** Ends with the reconciliation, and never fails. */
  whole: Promise<void>
  /** Ends at the latest when requests have waited long enough. */
  bounded: Promise<void>
}

/** A schedule as people are told of it. */
export type ScheduleState =
  | { status: 'registered' | 'notRegistered'; expression: string }
  | { status: 'invalid'; problem: string }
  | { status: 'none' }

/** Keeps VTEX's scheduler as the settings of one account and workspace want it: what this process knows of it. */
export class Reconciler {
  private settled: Moment | undefined
  private failed: Moment | undefined
  private running: Run | undefined

  /** Reconciles if something may have changed. Everybody who asks meanwhile waits for the same. Never fails. */
  async reconcile(wanted: Desired, tools: Tools): Promise<void> {
    if (!this.running && this.isDue(hashOf(wanted), tools.now())) this.run(wanted, tools)
    await this.running?.bounded
  }

  /** Registers whatever this process knows. Never fails. */
  async forceReconcile(wanted: Desired, tools: Tools): Promise<void> {
    while (this.running) await this.running.whole
    await this.run(wanted, tools).whole
  }

  /** How the schedules stand, as far as this process knows. */
  stateOf(wanted: Desired): { update: ScheduleState; full: ScheduleState } {
    const isSettled = this.settled?.hash === hashOf(wanted)
    const state = (schedule: Schedule): ScheduleState => {
      if ('problem' in schedule) return { status: 'invalid', problem: schedule.problem }
      if ('none' in schedule) return { status: 'none' }
      return { status: isSettled ? 'registered' : 'notRegistered', expression: schedule.expression }
    }
    return { update: state(wanted.schedules.update), full: state(wanted.schedules.full) }
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
    const bounded = patience.execute(() => whole).catch(() => undefined)
    const run = { whole, bounded }
    this.running = run
    return run
  }

  private async attempt(wanted: Desired, tools: Tools): Promise<void> {
    const hash = hashOf(wanted)
    try {
      await registerSchedules(wanted, tools)
      this.settled = { hash, at: tools.now() }
      this.failed = undefined
    } catch (thrown) {
      this.settled = undefined
      this.failed = { hash, at: tools.now() }
      const { code, message } = describe(thrown)
      tools.log.error('schedule.notRegistered', { code, reason: message })
    }
  }
}
