import { createHash } from 'crypto'

import type { Scheduler } from '../clients/scheduler'
import { unlessMissing } from '../clients/upstreamError'
import type { Log } from '../logging'
import { type Desired, ENTRY_IDS, problemsIn, type Schedule } from './desired'

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
export async function reconcile(wanted: Desired, tools: Tools): Promise<void> {
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
