import type { EventContext, IOContext } from '@vtex/api'
import { ChangeBuffer, type ReportedChange } from './changes/changeBuffer'
import { changeIndexOf } from './changes/changeIndex'
import type { Clients } from './clients'
import { Sftp, sameFingerprint } from './clients/sftp'
import { realClock, timestampText } from './common/clock'
import { type Log, runtimeLog } from './common/logger'
import { atMostEvery, perAccount } from './common/perAccount'
import { sendWithRetry } from './common/sendWithRetry'
import { IcmSftp } from './delivery/icmSftp'
import type { Engine, WorkEvent } from './exports/engine'
import { Reconciler, type ScheduleState } from './schedules/reconcile'
import { desired } from './schedules/schedules'
import { parseSettings, type Settings } from './settings/settings'
import { appSettings } from './settings/settingsCache'
import { sourcesOf } from './sourcesOf'
import type { Documents } from './state/documents'
import { knownHostOf } from './state/hostKeys'
import { Lease } from './state/lease'
import { vbaseDocuments } from './state/vbaseDocuments'
import { trafficOf } from './throttling/limiters'

/** Topic of the event by which the app asks courier for another run. */
export const WORK_TOPIC = 'intershop-stock.work'

/** What is used of a request's or an event's context. */
export type RequestContext = Pick<EventContext<Clients>, 'clients'> & {
  vtex: Pick<IOContext, 'account' | 'workspace' | 'production' | 'logger'>
}

/** What a request or an event of an account works with. */
export interface Services {
  documents: Documents
  log: Log
  /** Asks courier for a run. @throws {UpstreamError} */
  requestRun(event: WorkEvent): Promise<void>
  /** Asks for a run, now and then, unless somebody works: all work events may be lost. Never fails. */
  resumeQueueIfStalled(): Promise<void>
  /** Asks for a run where a worker died, and once an hour to compact changes. Never fails. */
  recoverAbandonedRun(): Promise<void>
  /** @throws {StateError} and cockatiel's TaskCancelledError: not certain to be saved */
  reportChange(reported: ReportedChange): Promise<void>
  now(): number
}

const changeBuffers = perAccount(() => new ChangeBuffer(realClock))
const mayResume = atMostEvery(10_000)
const mayRecover = atMostEvery(5_000)
const isCompactionDue = atMostEvery(3_600_000, false)

export function servicesOf({ clients, vtex }: RequestContext): Services {
  const documents = vbaseDocuments(clients.vbase)
  const requestRun = (event: WorkEvent) =>
    sendWithRetry(() => clients.events.sendEvent('', WORK_TOPIC, event))
  const tryToRequestRun = () =>
    requestRun({ v: 1, id: realClock.uniqueId() }).catch(() => undefined)
  const leaseState = () => Lease.state(documents, Date.now()).catch(() => undefined)
  return {
    documents,
    log: runtimeLog(vtex.logger, vtex.account),
    requestRun,
    resumeQueueIfStalled: async () => {
      if (!mayResume(vtex, Date.now())) return
      // Whoever holds the lease has an event, and sends the next one.
      if ((await leaseState()) !== 'held') await tryToRequestRun()
    },
    recoverAbandonedRun: async () => {
      if (!mayRecover(vtex, Date.now())) return
      const isDue = isCompactionDue(vtex, Date.now())
      if ((await leaseState()) === 'abandoned' || isDue) await tryToRequestRun()
    },
    reportChange: (reported) =>
      changeBuffers(vtex).report(reported, { documents, clock: realClock }),
    now: () => Date.now(),
  }
}

/** The schedules of an account, `saved` being its settings as the VTEX admin saved them. */
export interface AccountSchedules {
  /** Registers them with VTEX's scheduler where they changed; without a call where not. Never fails. */
  reconcile(saved: unknown): Promise<void>
  /** Registers them again whatever this process knows. Never fails. */
  forceReconcile(saved: unknown): Promise<void>
  stateOf(saved: unknown): { update: ScheduleState; full: ScheduleState }
}

const reconcilers = perAccount(() => new Reconciler())

export function schedulesOf({ clients, vtex }: RequestContext): AccountSchedules {
  const reconciler = reconcilers(vtex)
  const tools = {
    log: runtimeLog(vtex.logger, vtex.account),
    scheduler: clients.scheduler,
    now: () => Date.now(),
  }
  return {
    reconcile: (saved) => reconciler.reconcile(desired(saved, vtex), tools),
    forceReconcile: (saved) => reconciler.forceReconcile(desired(saved, vtex), tools),
    stateOf: (saved) => reconciler.stateOf(desired(saved, vtex)),
  }
}

/** Reconciles the schedules where nothing else needs the settings. Never fails. */
export async function reconcileSchedules(context: RequestContext): Promise<void> {
  // Whoever needs the settings reports that they cannot be read.
  const saved = await appSettings(context.clients.apps, context.vtex).catch(() => undefined)
  if (saved !== undefined) await schedulesOf(context).reconcile(saved)
}

/** What the engine works with, for the account of an event. */
export function engineOf(context: RequestContext): Engine {
  const { clients, vtex } = context
  const { documents, log, requestRun } = servicesOf(context)
  const changeIndex = changeIndexOf({ documents, clock: realClock })
  return {
    documents,
    workspace: vtex.workspace,
    clock: realClock,
    log,
    traffic: () => trafficOf(vtex),
    mostSkus: 10_000,
    wake: requestRun,
    settings: async () => parseSettings(await appSettings(clients.apps, vtex)),
    changeIndex,
    sources: sourcesOf({ clients, vtex, log }, { documents, changeIndex }),
    delivery: (settings) => icmSftp(settings, documents),
  }
}

async function icmSftp(settings: Settings, documents: Documents) {
  const pin = await knownHostOf(documents, settings)
  const acceptHostKey = (shown: string) => {
    const expected = settings.sftpHostKey || pin.known
    if (expected) return sameFingerprint(shown, expected)
    pin.remember(shown)
    return true
  }
  return new IcmSftp(settings, {
    connect: (access) => Sftp.connect({ ...access, acceptHostKey }),
    timestampText,
    now: () => realClock.now(),
    uniqueId: () => realClock.uniqueId(),
  })
}
