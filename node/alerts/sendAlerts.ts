import { TimeoutStrategy, timeout } from 'cockatiel'
import type { Clients } from '../clients'
import { errorFields } from '../common/errors'
import type { Log } from '../common/logger'
import { type AccountRef, atMostEvery, perAccount } from '../common/perAccount'
import { UpstreamError } from '../common/upstreamError'
import { alertAddresses, alertProblems } from '../settings/settings'
import type { Documents } from '../state/documents'
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
  /** What is wrong now. @throws {StateError} */
  problems(): Promise<readonly Problem[]>
}

/** Until when nobody waits for the end of an alert, as far as this process knows. */
const quiet = perAccount(() => ({ until: 0 }))
const mayLogProblem = atMostEvery(HOUR_MS)

/** Sends the alerts that are due. Without a receiver it does nothing. Never fails. */
export async function lookAtAlerts(around: Around): Promise<void> {
  const { owner, saved, log, now } = around
  try {
    const invalid = alertProblems(saved)
    if (invalid.length > 0 && mayLogProblem(owner, now())) {
      for (const problem of invalid) log.error('alert.invalid', { problem })
    }
    const senders = sendersOf(around)
    if (Object.keys(senders).length === 0) return
    await lookTimeout.execute(async () => {
      const problems = await around.problems()
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
  const addresses = alertAddresses(saved)
  const senders: Tools['senders'] = {}
  if (addresses.mail) {
    senders.mail = async (due) => {
      await messageCenter.ensureTemplate(mailTemplate)
      await messageCenter.send(mailTemplate.name, mailData(addresses.mail, due, owner))
    }
  }
  if (addresses.webhook) {
    senders.webhook = async (due) => {
      for (const each of due) await webhook.send(addresses.webhook, webhookBody(each, owner))
    }
  }
  return senders
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
  if (due.length > 0) await new Sending(tools, all).send(due)
  return problems.length > 0 || isAwaitingEnd(all, channels)
}

type Try = Due & AlertName

class Sending {
  private newest: number

  constructor(
    private readonly tools: Tools,
    private readonly known: readonly AlertName[]
  ) {
    this.newest = newestOf(known)?.at ?? 0
  }

  async send(due: readonly Due[]): Promise<void> {
    const { documents, uniqueId } = this.tools
    const tries = due.map(
      (each): Try => ({ ...each, at: this.nextAt(), uniqueId: uniqueId(), step: 'trying' })
    )
    await this.save(tries)
    if (await this.isAnotherTrying(tries)) {
      await Promise.all(tries.map((each) => documents.remove('alerts', alertNames.build(each))))
      return
    }
    const mails = tries.filter(({ channel }) => channel === 'mail')
    const calls = tries.filter(({ channel }) => channel === 'webhook')
    await Promise.all([
      this.attempt('mail', mails),
      ...calls.map((each) => this.attempt('webhook', [each])),
    ])
  }

  private nextAt(): number {
    this.newest = Math.max(this.tools.now(), this.newest + 1)
    return this.newest
  }

  private async save(names: readonly AlertName[]): Promise<void> {
    const { documents } = this.tools
    await Promise.all(
      names.map((name) => documents.save('alerts', alertNames.build(name), { v: 1 }))
    )
  }

  /** Two processes may look at the same time: both give way, and look again a minute later. */
  private async isAnotherTrying(tries: readonly AlertName[]): Promise<boolean> {
    const known = new Set([...this.known, ...tries].map(({ uniqueId }) => uniqueId))
    const all = await listAlerts(this.tools.documents)
    return all.some(({ uniqueId }) => !known.has(uniqueId))
  }

  private async attempt(channel: Channel, tries: readonly Try[]): Promise<void> {
    const { log, senders } = this.tools
    if (tries.length === 0) return
    const alerts = tries
      .map(
        ({ kind, state, attempt }) => `${kind} ${state}${attempt > 1 ? `, attempt ${attempt}` : ''}`
      )
      .join('; ')
    try {
      await senders[channel]?.(tries)
    } catch (thrown) {
      log.warn('alert.notSent', { channel, alerts, ...errorFields(thrown) })
      // Without a response it may have arrived.
      const isRefused = thrown instanceof UpstreamError && thrown.status !== undefined
      return isRefused ? this.record(tries, 'refused') : undefined
    }
    log.info('alert.sent', { channel, alerts })
    await this.record(tries, 'sent')
  }

  private record(tries: readonly Try[], step: 'sent' | 'refused'): Promise<void> {
    return this.save(tries.map((each) => ({ ...each, at: this.nextAt(), step })))
  }
}

/** Removes documents that no decision needs. @returns how many @throws {StateError} */
export async function removeOutdatedAlerts(documents: Documents, now: number): Promise<number> {
  const outdated = outdatedAlerts(await listAlerts(documents), now)
  for (const name of outdated) await documents.remove('alerts', alertNames.build(name))
  return outdated.length
}
