import { TimeoutStrategy, timeout } from 'cockatiel'
import { isEmpty, min, partition, pluck } from 'ramda'
import type { Clients } from '../clients'
import { dayOf } from '../common/clock'
import { errorFields } from '../common/errors'
import type { Log } from '../common/logger'
import { type AccountRef, atMostEvery, perAccount } from '../common/perAccount'
import { NO_SUMMARY, readSummary, type Summary, withLatest } from '../exports/summary'
import { problemsOf, readSetting } from '../settings/settings'
import type { Documents } from '../state/documents'
import { type Facts, healthOf } from '../status/health'
import { factsOf } from '../status/status'
import {
  ALERT_KINDS,
  type AlertKind,
  type AlertName,
  alertNames,
  CHANNELS,
  type Channel,
  type Due,
  dueMessages,
  HOUR_MS,
  isAwaitingEnd,
  newestOf,
  outdatedAlerts,
  type Problem,
} from './alertState'
import { mailData, mailTemplate, webhookBody } from './messages'

/** A look ends its event's response no later than this. */
const lookTimeout = timeout(15_000, TimeoutStrategy.Aggressive)

/** What sending needs. */
interface Tools {
  documents: Documents
  log: Log
  now(): number
  uniqueId(): string
  /** How to send on each channel that is set up: a mail holds all messages, a webhook gets one after the other. */
  senders: Partial<Record<Channel, (due: readonly Due[]) => Promise<void>>>
}

/** What a look needs. */
interface Around extends Omit<Tools, 'senders'>, Pick<Clients, 'messageCenter' | 'webhook'> {
  owner: AccountRef
  /** The settings as the VTEX admin saved them. */
  saved: unknown
  schedules: Facts['schedules']
}

/** Until when nobody waits for the end of an alert, as far as this process knows. */
const quiet = perAccount(() => ({ until: 0 }))
const mayLogProblem = atMostEvery(HOUR_MS)

/** Sends the alerts that are due. Without a receiver it does nothing. Never fails. */
export async function lookAtAlerts(around: Around): Promise<void> {
  const { owner, saved, documents, schedules, log, now } = around
  try {
    const invalid = problemsOf(saved, ['adminEmail', 'alertWebhook'])
    if (invalid.length > 0 && mayLogProblem(owner, now())) {
      for (const problem of invalid) log.error('alert.invalid', { problem })
    }
    const senders = sendersOf(around)
    if (isEmpty(senders)) return
    await lookTimeout.execute(async () => {
      const problems = await problemsNow(documents, schedules, now())
      const memory = quiet(owner)
      // Most looks find nothing, and cost no listing.
      if (problems.length === 0 && now() < memory.until) return
      memory.until = 0
      const isOpen = await sendAlerts(problems, { ...around, senders })
      if (!isOpen) memory.until = now() + HOUR_MS
    })
  } catch (thrown) {
    log.warn('alert.interrupted', errorFields(thrown))
  }
}

function sendersOf({ owner, saved, messageCenter, webhook }: Around): Tools['senders'] {
  const mail = readSetting(saved, 'adminEmail') ?? ''
  const url = readSetting(saved, 'alertWebhook') ?? ''
  const sendMail = async (due: readonly Due[]) => {
    await messageCenter.ensureTemplate(mailTemplate)
    await messageCenter.send(mailTemplate.name, mailData(mail, due, owner))
  }
  const call = async (due: readonly Due[]) => {
    for (const each of due) await webhook.send(url, webhookBody(each, owner))
  }
  return { ...(mail && { mail: sendMail }), ...(url && { webhook: call }) }
}

/** Reports that the summary may lack, and that are read at most. */
const MISSING_REPORTS = 4

/**
 * What keeps stock from Intershop now. Most looks read one document; only where it shows a problem, the latest reports
 * are added, since an older summary may have been written over a newer one.
 * @throws {StateError}
 */
export async function problemsNow(
  documents: Documents,
  schedules: Facts['schedules'],
  now: number
): Promise<Problem[]> {
  const problemsOf = (summary: Summary) =>
    problemsIn(factsOf(summary, { now, schedules, delivers: true }))
  const summary = await readSummary(documents)
  // Without one no export has ended; or it was lost, and the next end writes it anew.
  const problems = problemsOf(summary ?? NO_SUMMARY)
  if (summary === undefined || problems.length === 0) return problems
  const names = await documents.list('ended', `${dayOf(now)}/`)
  return problemsOf(await withLatest(documents, summary, names, MISSING_REPORTS))
}

/** What keeps stock from Intershop now, each kind once. A pure function. */
export function problemsIn(facts: Facts): Problem[] {
  const { reasons } = healthOf(facts)
  return ALERT_KINDS.flatMap((kind) => {
    const isSchedule = kind === 'schedule_not_registered'
    const own = reasons.filter(
      ({ code }) => code === kind || (isSchedule && code === 'schedule_invalid')
    )
    const [first] = own
    if (!first) return []
    const message = pluck('message', own).join(' ')
    // A new process, or one that failed once, does not know yet.
    const isUncertain = first.code === 'schedule_not_registered' && !facts.schedules.failingSince
    const { action, numbers } = first
    return { kind, message, action, ...originOf(kind, facts, numbers), isUncertain }
  })
}

/** Since when it is so, and the export that it is about. */
function originOf(
  kind: AlertKind,
  { now, failed, lastSuccessAt = now, schedules }: Facts,
  { oldestAgeSeconds = 0 }: Record<string, number>
): Pick<Problem, 'since' | 'exportId'> {
  if (kind === 'export_failed') {
    const exports = Object.values(failed)
    return { since: pluck('at', exports).reduce(min, now), exportId: exports[0]?.exportId }
  }
  if (kind === 'update_late') return { since: lastSuccessAt }
  if (kind === 'schedule_not_registered') return { since: schedules.failingSince ?? now }
  // Of the others only the first look is known.
  return { since: kind === 'files_waiting' ? now - oldestAgeSeconds * 1_000 : now }
}

/** All documents of alerts. @throws {StateError} */
export const listAlerts = async (documents: Documents): Promise<AlertName[]> =>
  (await documents.list('alerts')).flatMap((name) => alertNames.parse(name) ?? [])

/**
 * Sends the messages that are due. If it is interrupted, a later look sends the ones that were tried and not recorded
 * once more.
 * @returns whether something is wrong, or somebody is still to be told that it is over
 * @throws {StateError}
 */
export async function sendAlerts(problems: readonly Problem[], tools: Tools): Promise<boolean> {
  const { documents, senders, now } = tools
  const channels = CHANNELS.filter((each) => senders[each])
  const all = await listAlerts(documents)
  const due = dueMessages(all, channels, problems, now())
  if (due.length > 0) await sendAll(due, all, tools)
  return problems.length > 0 || isAwaitingEnd(all, channels)
}

/** Notes each message before and after it is tried. @param known all documents, as they were listed */
async function sendAll(due: readonly Due[], known: readonly AlertName[], tools: Tools) {
  const { documents, log, senders, now, uniqueId } = tools
  let newest = newestOf(known)?.at ?? 0
  const nextAt = () => {
    newest = Math.max(now(), newest + 1)
    return newest
  }
  const save = (names: readonly AlertName[]) =>
    Promise.all(names.map((name) => documents.save('alerts', alertNames.build(name), { v: 1 })))

  const tries = due.map((each) => {
    return { ...each, at: nextAt(), uniqueId: uniqueId(), step: 'trying' as const }
  })
  await save(tries)
  // Two processes may look at the same time: both give way, and look again a minute later.
  const ids = new Set([...known, ...tries].map((each) => each.uniqueId))
  if ((await listAlerts(documents)).some((each) => !ids.has(each.uniqueId))) {
    await Promise.all(tries.map((each) => documents.remove('alerts', alertNames.build(each))))
    return
  }

  const attempt = async (channel: Channel, some: typeof tries) => {
    const alerts = some.map(inWords).join('; ')
    try {
      await senders[channel]?.(some)
    } catch (thrown) {
      return log.warn('alert.notSent', { channel, alerts, ...errorFields(thrown) })
    }
    log.info('alert.sent', { channel, alerts })
    await save(some.map((each) => ({ ...each, at: nextAt(), step: 'sent' })))
  }
  const [mails, calls] = partition(({ channel }) => channel === 'mail', tries)
  await Promise.all([
    mails.length > 0 && attempt('mail', mails),
    ...calls.map((each) => attempt('webhook', [each])),
  ])
}

const inWords = ({ kind, state, attempt }: Due) =>
  `${kind} ${state}${attempt > 1 ? `, attempt ${attempt}` : ''}`

/** Removes documents that no decision needs. @returns how many @throws {StateError} */
export async function removeOutdatedAlerts(documents: Documents, now: number): Promise<number> {
  const outdated = outdatedAlerts(await listAlerts(documents), now)
  for (const name of outdated) await documents.remove('alerts', alertNames.build(name))
  return outdated.length
}
