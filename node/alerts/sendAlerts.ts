import { TimeoutStrategy, timeout } from 'cockatiel'
import { isEmpty, partition } from 'ramda'
import type { Clients } from '../clients'
import { errorFields } from '../common/errors'
import type { Log } from '../common/logger'
import { type AccountRef, atMostEvery, perAccount } from '../common/perAccount'
import { problemsOf, readSetting } from '../settings/settings'
import type { Documents } from '../state/documents'
import type { Facts } from '../status/health'
import {
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
import { problemsNow } from './problems'

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
