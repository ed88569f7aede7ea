import type { EventContext, IOContext } from '@vtex/api'

import type { Clients } from './clients'
import { runtimeLog } from './logging'
import { desired } from './schedules/desired'
import { Registrar, type ScheduleState } from './schedules/registrar'
import { appSettings } from './settings/settingsCache'

type Visit = Pick<EventContext<Clients>, 'clients'> & {
  vtex: Pick<IOContext, 'account' | 'workspace' | 'production' | 'logger'>
}

/** The schedules of an account, `saved` being its settings as the VTEX admin saved them. */
export interface AccountSchedules {
  /** Sees to it that VTEX's scheduler does what they say; quick and without a call if it does. Never fails. */
  keep(saved: unknown): Promise<void>
  /** Registers them again whatever this process knows. Never fails. */
  renew(saved: unknown): Promise<void>
  stateOf(saved: unknown): { update: ScheduleState; full: ScheduleState }
}

const registrars = new Map<string, Registrar>()

export function schedulesOf({ clients, vtex }: Visit): AccountSchedules {
  const key = `${vtex.account}/${vtex.workspace}`
  const registrar = registrars.get(key) ?? new Registrar()
  registrars.set(key, registrar)
  const tools = {
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
