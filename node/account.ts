import type { EventContext, IOContext } from '@vtex/api'

import { Intake, type Reported } from './changes/intake'
import { noteRecording } from './changes/recording'
import type { Clients } from './clients'
import type { SellerPage } from './clients/sellers'
import type { WorkEvent } from './exports/engine'
import { realClock } from './exports/realClock'
import { type Log, runtimeLog } from './logging'
import { nowAndThen } from './nowAndThen'
import { desired } from './schedules/desired'
import { Registrar, type ScheduleState } from './schedules/registrar'
import { appSettings } from './settings/appSettings'
import type { Documents } from './state/documents'
import { vbaseDocuments } from './state/vbaseDocuments'
import { gateOf } from './traffic/gates'

/** Topic of the event by which the app asks courier for another run. */
export const WORK_TOPIC = 'intershop-stock.work'

/** Calls at a time to an upstream that no export reads from. */
const LIGHT_LIMIT = 4

/** What a request or an event of an account works with. */
export interface Account {
  documents: Documents
  log: Log
  wake(event: WorkEvent): Promise<void>
  /** Wakes a line that may stand still, now and then; never fails. */
  stir(): Promise<void>
  now(): number
  readSellers(from: number): Promise<SellerPage>
}

type Visit = Pick<EventContext<Clients>, 'clients'> & {
  vtex: Pick<IOContext, 'account' | 'workspace' | 'production' | 'logger'>
}

export function accountOf({ clients, vtex }: Visit): Account {
  const sellersGate = gateOf(vtex.account, vtex.workspace, 'sellers', LIGHT_LIMIT)
  const wake = async (event: WorkEvent) => {
    await clients.events.sendEvent('', WORK_TOPIC, event)
  }
  return {
    documents: vbaseDocuments(clients.vbase),
    log: runtimeLog(vtex.logger, vtex.account),
    wake,
    stir: () => stir(vtex, wake),
    now: () => Date.now(),
    readSellers: (from) => sellersGate.run(() => clients.sellers.page(from)),
  }
}

/** The schedules of an account, `saved` being its settings as the VTEX admin saved them. */
export interface AccountSchedules {
  /** Sees to it that VTEX's scheduler does what they say; quick and without a call if it does. Never fails. */
  keep(saved: unknown): Promise<void>
  /** Registers them again whatever is remembered. Never fails. */
  renew(saved: unknown): Promise<void>
  stateOf(saved: unknown): { update: ScheduleState; full: ScheduleState }
}

const registrars = new Map<string, Registrar>()

export function schedulesOf({ clients, vtex }: Visit): AccountSchedules {
  const key = `${vtex.account}/${vtex.workspace}`
  const registrar = registrars.get(key) ?? new Registrar()
  registrars.set(key, registrar)
  const tools = {
    documents: vbaseDocuments(clients.vbase),
    log: runtimeLog(vtex.logger, vtex.account),
    scheduler: clients.scheduler,
    now: () => Date.now(),
  }
  return {
    keep: (saved) => registrar.keep(desired(saved, vtex), tools),
    renew: (saved) => registrar.renew(desired(saved, vtex), tools),
    stateOf: (saved) => registrar.stateOf(desired(saved, vtex)),
  }
}

/** Keeps the schedules on an occasion that needs no settings itself. Never fails. */
export async function keepSchedules(visit: Visit): Promise<void> {
  // Who needs the settings will say that they cannot be read.
  const saved = await appSettings(visit.clients.apps, visit.vtex).catch(() => undefined)
  if (saved !== undefined) await schedulesOf(visit).keep(saved)
}

/** Takes in the changes that are reported of an account. */
export interface AccountIntake {
  log: Log
  /** @throws {StateError} and cockatiel's TaskCancelledError: not certain to be saved */
  report(reported: Reported): Promise<void>
}

const intakes = new Map<string, Intake>()
const mayNote = nowAndThen(3_600_000)

export function intakeOf({ clients, vtex }: Visit): AccountIntake {
  const key = `${vtex.account}/${vtex.workspace}`
  const intake = intakes.get(key) ?? new Intake()
  intakes.set(key, intake)
  const documents = vbaseDocuments(clients.vbase)
  return {
    log: runtimeLog(vtex.logger, vtex.account),
    report: async (reported) => {
      await intake.report(reported, { documents, clock: realClock })
      if (mayNote(vtex, Date.now()))
        await noteRecording(documents, Date.now()).catch(() => undefined)
    },
  }
}

const mayStir = nowAndThen(10_000)

async function stir(vtex: Visit['vtex'], wake: Account['wake']) {
  if (!mayStir(vtex, Date.now())) return
  await wake({ v: 1, id: realClock.nonce() }).catch(() => undefined)
}
