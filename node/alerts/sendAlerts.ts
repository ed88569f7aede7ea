import { errorFields } from '../common/errors'
import type { Log } from '../common/logger'
import { UpstreamError } from '../common/upstreamError'
import type { Documents } from '../state/documents'
import {
  type AlertName,
  alertNames,
  type Channel,
  type Due,
  dueMessages,
  isAwaitingEnd,
  newestOf,
  outdatedAlerts,
  type Problem,
} from './alertState'

/** What sending needs. */
export interface Tools {
  documents: Documents
  log: Log
  now(): number
  uniqueId(): string
  /** How to send on each channel that is set up: a mail holds all messages, a webhook gets one after the other. */
  senders: Partial<Record<Channel, (due: readonly Due[]) => Promise<void>>>
}

const parsed = (names: readonly string[]) => names.flatMap((name) => alertNames.parse(name) ?? [])

/** All documents of alerts. @throws {StateError} */
export const listAlerts = async (documents: Documents): Promise<AlertName[]> =>
  parsed(await documents.list('alerts'))

/**
 * Sends the messages that are due. If it is interrupted, a later look sends the ones that were tried and not recorded
 * once more.
 * @returns whether something is wrong, or somebody is still to be told that it is over
 * @throws {StateError}
 */
export async function sendAlerts(problems: readonly Problem[], tools: Tools): Promise<boolean> {
  const { documents, senders, now } = tools
  const channels = (['mail', 'webhook'] as const).filter((each) => senders[each])
  const all = await listAlerts(documents)
  const due = dueMessages(all, channels, problems, now())
  if (due.length > 0) await new Sending(tools, all).send(due)
  return problems.length > 0 || isAwaitingEnd(all, channels)
}

type Try = readonly [name: AlertName, due: Due]

class Sending {
  private newest: number

  constructor(
    private readonly tools: Tools,
    private readonly known: readonly AlertName[]
  ) {
    this.newest = newestOf(known)?.at ?? 0
  }

  async send(due: readonly Due[]): Promise<void> {
    const tries: Try[] = due.map(({ problem, ...fields }) => {
      const { uniqueId } = this.tools
      return [
        { ...fields, at: this.nextAt(), uniqueId: uniqueId(), step: 'trying' },
        { ...fields, problem },
      ]
    })
    await Promise.all(tries.map(([name]) => this.save(name)))
    if (await this.isAnotherTrying(tries)) {
      const { documents } = this.tools
      await Promise.all(tries.map(([name]) => documents.remove('alerts', alertNames.build(name))))
      return
    }
    const of = (channel: Channel) => tries.filter(([name]) => name.channel === channel)
    await Promise.all([
      this.attempt('mail', of('mail')),
      ...of('webhook').map((each) => this.attempt('webhook', [each])),
    ])
  }

  private nextAt(): number {
    this.newest = Math.max(this.tools.now(), this.newest + 1)
    return this.newest
  }

  private save(name: AlertName): Promise<void> {
    return this.tools.documents.save('alerts', alertNames.build(name), { v: 1 })
  }

  /** Two processes may look at the same time: both give way, and look again a minute later. */
  private async isAnotherTrying(tries: readonly Try[]): Promise<boolean> {
    const known = new Set(
      [...this.known, ...tries.map(([name]) => name)].map(({ uniqueId }) => uniqueId)
    )
    const all = await listAlerts(this.tools.documents)
    return all.some(({ uniqueId }) => !known.has(uniqueId))
  }

  private async attempt(channel: Channel, tries: readonly Try[]): Promise<void> {
    const { log, senders } = this.tools
    if (tries.length === 0) return
    const alerts = tries
      .map(
        ([{ kind, state, attempt }]) =>
          `${kind} ${state}${attempt > 1 ? `, attempt ${attempt}` : ''}`
      )
      .join('; ')
    try {
      await senders[channel]?.(tries.map(([, due]) => due))
    } catch (thrown) {
      log.warn('alert.notSent', { channel, alerts, ...errorFields(thrown) })
      // Without a response it may have arrived.
      const isRefused = thrown instanceof UpstreamError && thrown.status !== undefined
      return isRefused ? this.record(tries, 'refused') : undefined
    }
    log.info('alert.sent', { channel, alerts })
    await this.record(tries, 'sent')
  }

  private async record(tries: readonly Try[], step: 'sent' | 'refused'): Promise<void> {
    await Promise.all(tries.map(([name]) => this.save({ ...name, at: this.nextAt(), step })))
  }
}

/** Removes documents that no decision needs. @returns how many @throws {StateError} */
export async function removeOutdatedAlerts(documents: Documents, now: number): Promise<number> {
  const outdated = outdatedAlerts(await listAlerts(documents), now)
  for (const name of outdated) await documents.remove('alerts', alertNames.build(name))
  return outdated.length
}
