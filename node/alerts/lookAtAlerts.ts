import { TimeoutStrategy, timeout } from 'cockatiel'
import { errorFields } from '../common/errors'
import { type AccountRef, atMostEvery, perAccount } from '../common/perAccount'
import { alertAddresses, alertProblems } from '../settings/settings'
import { HOUR_MS, type Problem } from './alertState'
import { mailData, mailTemplate, webhookBody } from './messages'
import { sendAlerts, type Tools } from './sendAlerts'

/** A look ends its event's response no later than this. */
const LOOK_MS = 15_000
const lookTimeout = timeout(LOOK_MS, TimeoutStrategy.Aggressive)

/** What a look needs. */
export interface Around extends Omit<Tools, 'senders'> {
  owner: AccountRef
  /** The settings as the VTEX admin saved them. */
  saved: unknown
  /** What is wrong now. @throws {StateError} */
  problems(): Promise<readonly Problem[]>
  messageCenter: {
    ensureTemplate(template: typeof mailTemplate): Promise<void>
    send(templateName: string, jsonData: object): Promise<void>
  }
  webhook: { send(address: string, body: object): Promise<void> }
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
