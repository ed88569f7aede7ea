import { createHash } from 'crypto'
import { z } from 'zod'

import type { Scheduler } from '../clients/scheduler'
import { unlessMissing } from '../clients/upstreamError'
import type { Log } from '../logging'
import type { Documents } from '../state/documents'
import { type Desired, ENTRY_IDS, problemsIn, type Schedule } from './desired'

/** What a reconciliation works with. */
export interface Tools {
  documents: Pick<Documents, 'read' | 'save' | 'remove'>
  log: Log
  scheduler: Pick<Scheduler, 'save' | 'remove'>
  now(): number
}

/**
 * What is registered is trusted for so long, milliseconds: entries may vanish unseen, and of two processes that
 * register different settings at once the wrong one may come last.
 */
export const TRUSTED_MS = 86_400_000

const NAME = 'registered'
/** Stands there while entries are changed, so that a death meanwhile is no "all done". */
const UNCERTAIN = ''
const registeredSchema = z.object({ v: z.literal(1), fingerprint: z.string(), at: z.number() })

/** Tells one state of the schedules from another. A digest, since the token is part of it. */
export const fingerprintOf = (wanted: Desired): string =>
  createHash('sha256')
    .update(JSON.stringify([wanted.entries, problemsIn(wanted)]))
    .digest('hex')

const asksForNothing = (wanted: Desired) =>
  wanted.entries.length === 0 && problemsIn(wanted).length === 0

/**
 * Makes VTEX's scheduler hold what is wanted and nothing else of this app, unless a document says that it does.
 * No document: nothing was ever registered.
 * @param afresh whatever the document says, as after an installation
 * @returns when the entries were registered, UTC milliseconds
 * @throws {UpstreamError} and {StateError}: to be tried again
 */
export async function reconcile(wanted: Desired, tools: Tools, afresh: boolean): Promise<number> {
  const { documents, now } = tools
  const document = await documents.read('schedules', NAME)
  if (document === null && asksForNothing(wanted)) return now()
  const known = registeredSchema.safeParse(document).data
  const fingerprint = fingerprintOf(wanted)
  const isTrusted = known?.fingerprint === fingerprint && now() - known.at < TRUSTED_MS
  if (isTrusted && !afresh) return known.at

  const note = (said: string) =>
    documents.save('schedules', NAME, { v: 1, fingerprint: said, at: now() })
  if (known?.fingerprint !== UNCERTAIN) await note(UNCERTAIN)
  await register(wanted, tools)
  if (asksForNothing(wanted)) await documents.remove('schedules', NAME)
  else await note(fingerprint)
  tell(wanted, tools.log)
  return now()
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

function tell(wanted: Desired, log: Log): void {
  const { update, full } = wanted.schedules
  log.info('schedule.registered', { update: inWords(update), full: inWords(full) })
  for (const problem of problemsIn(wanted)) log.error('schedule.invalid', { problem })
}

const inWords = (schedule: Schedule) => ('expression' in schedule ? schedule.expression : 'none')
