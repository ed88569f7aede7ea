import type { EventContext, IOContext } from '@vtex/api'
import { lookAtAlerts } from './alerts/sendAlerts'
import { changeIndexOf } from './changes/changeIndex'
import { ChangeBuffer, type ReportedChange } from './changes/notification'
import type { Clients } from './clients'
import { Sftp } from './clients/sftp'
import { sameFingerprint } from './clients/sftpSession'
import { realClock } from './common/clock'
import { runtimeLog } from './common/logger'
import { atMostEvery, perAccount } from './common/perAccount'
import { sendWithRetry } from './common/sendWithRetry'
import type { Connections } from './connections/checkConnections'
import { publisherOf } from './delivery/publishers'
import type { Dependencies, WorkEvent } from './exports/engine'
import { delivers, desired, Reconciler } from './schedules/schedules'
import { parseSettings, type Settings } from './settings/settings'
import { appSettings } from './settings/settingsCache'
import { sourcesOf } from './sourcesOf'
import { type Documents, readOnly } from './state/documents'
import { knownHostOf } from './state/hostKeys'
import { Lease } from './state/lease'
import { vbaseDocuments } from './state/vbaseDocuments'
import { setLimits, trafficOf } from './throttling/limiters'

/** Topic of the work events. */
const WORK_TOPIC = 'intershop-stock.work'

/** Topic of the events of connection checks, which nobody handles. */
const CHECK_TOPIC = 'intershop-stock.check'

/** The parts of a request's or an event's context that are used. */
export type RequestContext = Pick<EventContext<Clients>, 'clients'> & {
  vtex: Pick<IOContext, 'account' | 'workspace' | 'production' | 'logger'>
}

const changeBuffers = perAccount(() => new ChangeBuffer(realClock))
const mayResume = atMostEvery(10_000)
const mayRecover = atMostEvery(5_000)
const isCompactionDue = atMostEvery(3_600_000, false)

export type Services = ReturnType<typeof servicesOf>

/** What requests and events of an account use. */
export function servicesOf({ clients, vtex }: RequestContext) {
  const documents = vbaseDocuments(clients.vbase)
  const requestRun = (event: WorkEvent) =>
    sendWithRetry(() => clients.events.sendEvent('', WORK_TOPIC, event))
  const tryToRequestRun = () =>
    requestRun({ v: 1, id: realClock.uniqueId() }).catch(() => undefined)
  const leaseState = () => Lease.state(documents, Date.now()).catch(() => undefined)
  return {
    documents,
    log: runtimeLog(vtex.logger, vtex.account),
    /** Sends a work event. @throws {UpstreamError} */
    requestRun,
    /** Restarts the queue if all work events were lost: at most every ten seconds. Never fails. */
    resumeQueueIfStalled: async () => {
      if (!mayResume(vtex, Date.now())) return
      // A lease holder has an event, and sends the next one.
      if ((await leaseState()) !== 'held') await tryToRequestRun()
    },
    /** Requests a run if a worker died, and once an hour to compact changes. Never fails. */
    recoverAbandonedRun: async () => {
      if (!mayRecover(vtex, Date.now())) return
      const isDue = isCompactionDue(vtex, Date.now())
      if ((await leaseState()) === 'abandoned' || isDue) await tryToRequestRun()
    },
    /** @throws {StateError} and cockatiel's TaskCancelledError: the change may not be saved */
    reportChange: (reported: ReportedChange) =>
      changeBuffers(vtex).report(reported, { documents, clock: realClock }),
    now: () => Date.now(),
  }
}

const reconcilers = perAccount(() => new Reconciler())

/** The schedules that the settings name. @param saved the settings as the VTEX admin saved them */
export function schedulesOf({ clients, vtex }: RequestContext, saved: unknown) {
  const reconciler = reconcilers(vtex)
  const wanted = desired(saved, vtex)
  const tools = {
    log: runtimeLog(vtex.logger, vtex.account),
    scheduler: clients.scheduler,
    now: () => Date.now(),
  }
  return {
    /** Registers changed schedules with VTEX's scheduler. Never fails. */
    reconcile: () => reconciler.reconcile(wanted, tools),
    /** Registers the schedules in any case. Never fails. */
    forceReconcile: () => reconciler.forceReconcile(wanted, tools),
    state: () => reconciler.stateOf(wanted),
    failingSince: () => reconciler.failingSince(wanted),
  }
}

/** Reconciles the schedules. Never fails. */
export async function reconcileSchedules(context: RequestContext): Promise<void> {
  // Unreadable settings are reported by those who need them.
  const saved = await appSettings(context).catch(() => undefined)
  if (saved !== undefined) await schedulesOf(context, saved).reconcile()
}

/** Sends the alerts that are due, of a workspace whose exports reach Intershop. Never fails. */
export async function sendDueAlerts(context: RequestContext): Promise<void> {
  const { clients, vtex } = context
  const saved = await appSettings(context).catch(() => undefined)
  if (saved === undefined || !delivers(saved, vtex)) return
  const { state, failingSince } = schedulesOf(context, saved)
  const { documents, log, now } = servicesOf(context)
  const { messageCenter, webhook } = clients
  await lookAtAlerts({
    ...{ owner: vtex, saved, documents, log, now, messageCenter, webhook },
    uniqueId: realClock.uniqueId,
    schedules: { ...state(), failingSince: failingSince() },
  })
}

/** The engine of an account. @param instead replaces its own services */
export function engineOf(
  context: RequestContext,
  instead: Partial<Pick<Services, 'documents' | 'log'>> = {}
): Dependencies {
  const { clients, vtex } = context
  const { documents, log, requestRun } = { ...servicesOf(context), ...instead }
  const changeIndex = changeIndexOf({ documents, clock: realClock })
  return {
    documents,
    workspace: vtex.workspace,
    clock: realClock,
    log,
    traffic: () => trafficOf(vtex),
    mostSkus: 10_000,
    requestRun,
    settings: async () => parseSettings(await appSettings(context)),
    changeIndex,
    sources: sourcesOf({ clients, vtex, log, documents, changeIndex }),
    delivery: (settings, isCheck) => publisher(settings, documents, clients.icm, isCheck),
  }
}

/** What a connection check tries. */
export function connectionsOf(context: RequestContext): Connections {
  const { clients, vtex } = context
  const { documents, settings, delivery, clock } = engineOf(context)
  return {
    ...{ clients, documents, now: clock.now },
    sendEvent: () => sendWithRetry(() => clients.events.sendEvent('', CHECK_TOPIC, { v: 1 })),
    settings: async () => {
      const valid = await settings()
      setLimits(vtex, valid)
      return valid
    },
    publisher: (valid) => delivery(valid, true),
  }
}

/** An engine that reads, and neither writes a document nor logs. */
export function readingEngineOf(context: RequestContext): Dependencies {
  const ignore = () => undefined
  const log = { info: ignore, warn: ignore, error: ignore }
  return engineOf(context, { documents: readOnly(servicesOf(context).documents), log })
}

async function publisher(
  settings: Settings,
  documents: Documents,
  icm: Clients['icm'],
  isCheck?: boolean
) {
  const pin = await knownHostOf(documents, settings)
  const acceptHostKey = (shown: string) => {
    const hostKey = settings.sftpHostKey || pin.known
    if (hostKey) return sameFingerprint(shown, hostKey)
    if (!isCheck) pin.remember(shown)
    return true
  }
  return publisherOf(settings, {
    ...{ icm, now: realClock.now, uniqueId: realClock.uniqueId },
    connect: (access) => Sftp.connect({ ...access, acceptHostKey }),
  })
}
