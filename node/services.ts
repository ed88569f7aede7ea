import type { EventContext, IOContext } from '@vtex/api'
import { lookAtAlerts } from './alerts/sendAlerts'
import { changeIndexOf } from './changes/changeIndex'
import { changeBuffer, type ReportedChange } from './changes/notification'
import type { Clients } from './clients'
import { Sftp } from './clients/sftp'
import { realClock } from './common/clock'
import { runtimeLog } from './common/logger'
import { atMostEvery, perAccount } from './common/perAccount'
import { sendWithRetry } from './common/sendWithRetry'
import type { Connections } from './connections/checkConnections'
import { publisherOf } from './delivery/publishers'
import { type Dependencies, ScopeError, type WorkEvent } from './exports/engine'
import { OWN_SELLER } from './offers/offerSku'
import { delivers, desired, Reconciler } from './schedules/schedules'
import { centraOf, parseSettings, type Settings } from './settings/settings'
import { appSettings } from './settings/settingsCache'
import { type CentraReads, centraStock } from './sources/centraStock'
import { marketplace } from './sources/marketplace'
import { detailsWithComponents, ownStock } from './sources/ownStock'
import { sellersById } from './sources/sellerRegister'
import { checkAccess, directReads, openSkuDetails } from './sources/skuDetails'
import { matchRows } from './sources/skuMatching'
import {
  isAskedOf,
  type PagedSource,
  type SkuBatch,
  type SkuSource,
  type Sources,
} from './sources/source'
import { readOnly } from './state/documents'
import { hostKeyCheck } from './state/hostKeys'
import { Lease } from './state/lease'
import { vbaseDocuments } from './state/vbaseDocuments'
import { setLimits, trafficOf } from './throttling/limiters'

const WORK_TOPIC = 'intershop-stock.work'

/** Topic of the events of connection checks, which nobody handles. */
const CHECK_TOPIC = 'intershop-stock.check'

/** The parts of a request's or an event's context that are used. */
export type RequestContext = Pick<EventContext<Clients>, 'clients'> & {
  vtex: Pick<IOContext, 'account' | 'workspace' | 'production' | 'logger'>
}

const changeBuffers = perAccount(() => changeBuffer(realClock))
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
      changeBuffers(vtex).load({ reported, io: { documents, clock: realClock } }),
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
    delivery: async (settings, isCheck) => {
      const acceptHostKey = await hostKeyCheck(documents, settings, !isCheck)
      return publisherOf(settings, {
        ...realClock,
        icm: clients.icm,
        connect: (access) => Sftp.connect({ ...access, acceptHostKey }),
      })
    },
  }
}

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

type Around = RequestContext & Pick<Dependencies, 'documents' | 'changeIndex' | 'log'>

/**
 * The sources of an export. Each seller has one: Centra for `centraSellerId`; else own stock for the account itself, and
 * the marketplace for every other seller.
 */
function sourcesOf(around: Around): Dependencies['sources'] {
  const { clients, vtex, documents } = around
  return ({ scope: { sellerId } }, settings, now) => {
    setLimits(vtex, settings)
    const centra = centraOf(settings)
    const isOther = isAskedOf(settings, 'sellers', sellerId)
    const candidates = sellerId === undefined ? settings.sellers : [sellerId]
    const sources: Sources = { direct: directReads(clients.catalog, clients.sellers) }
    if (isAskedOf(settings, 'own', sellerId)(OWN_SELLER)) {
      const read = detailsWithComponents(clients.catalog, documents)
      const details = (batch: SkuBatch) => openSkuDetails(read, documents, batch, now)
      sources.own = ownStock(clients, settings, details, now)
    }
    if (centra && isAskedOf(settings, 'centra', sellerId)(centra.sellerId)) {
      sources.centra = centraSource(around, settings, centra, now)
    }
    if (candidates.length === 0 || candidates.some(isOther)) {
      sources.sellers = sellersSource(around, settings, { isOther, sellerId }, now)
    }
    if (sources.own || sources.centra || sources.sellers) return sources
    throw new ScopeError(`seller ${sellerId}: the setting sellers does not name it`)
  }
}

function sellersSource(
  { clients, log, documents }: Around,
  settings: Settings,
  { isOther, sellerId }: { isOther: (id: string) => boolean; sellerId: string | undefined },
  now: () => number
): SkuSource {
  const { catalog, skuBindings, offers } = clients
  const sellers = async () => {
    const all = await sellersById(clients.sellers)
    const found = new Map([...all].filter(([id]) => isOther(id)))
    const unknown = settings.sellers.filter((id) => isOther(id) && !found.has(id))
    if (unknown.length > 0) log.warn('sellers.unknown', { sellers: unknown.join() })
    if (sellerId === undefined || found.has(sellerId)) return found
    throw new ScopeError(
      `seller ${sellerId}: it is neither the account itself (seller ${OWN_SELLER}), nor Centra's seller, nor in VTEX's seller register`
    )
  }
  const read = (skuId: number) => catalog.skuDetails(skuId)
  const details = (batch: SkuBatch) => openSkuDetails(read, documents, batch, now)
  const reads = { sellers, catalog, skuBindings, offers }
  return marketplace(reads, settings, { inactiveToo: sellerId !== undefined }, details, now)
}

function centraSource(
  { clients, documents, changeIndex }: Around,
  { maxConcurrency: concurrency, safetyStock }: Settings,
  centra: NonNullable<ReturnType<typeof centraOf>>,
  now: () => number
): PagedSource {
  const { catalog } = clients
  const control = () => checkAccess(catalog)
  const match: CentraReads['match'] = async (rows, row) => {
    if (rows.length === 0) return new Map()
    const context = { ...(await changeIndex()), concurrency, now, catalog, row, control }
    return matchRows(documents, rows, context)
  }
  const stock: CentraReads['stock'] = (parameters, page) =>
    clients.centra.stock(centra.access, parameters, page)
  return centraStock({ stock, match }, centra, { safetyStock }, now)
}
