import type { EventContext, IOContext } from '@vtex/api'

import { ChangeBuffer, type Reported } from './changes/changeBuffer'
import type { Clients } from './clients'
import type { WorkEvent } from './exports/engine'
import { realClock } from './exports/realClock'
import { type Log, runtimeLog } from './logging'
import { nowAndThen } from './nowAndThen'
import { sendPatiently } from './sendPatiently'
import type { Documents } from './state/documents'
import { Lease } from './state/lease'
import { vbaseDocuments } from './state/vbaseDocuments'

/** Topic of the event by which the app asks courier for another run. */
export const WORK_TOPIC = 'intershop-stock.work'

/** What a request or an event of an account works with. */
export interface Account {
  documents: Documents
  log: Log
  wake(event: WorkEvent): Promise<void>
  /** Wakes a line that may stand still, as nobody works on it, now and then; never fails. */
  stir(): Promise<void>
  now(): number
}

type Visit = Pick<EventContext<Clients>, 'clients'> & {
  vtex: Pick<IOContext, 'account' | 'workspace' | 'logger'>
}

export function accountOf({ clients, vtex }: Visit): Account {
  return {
    documents: vbaseDocuments(clients.vbase),
    log: runtimeLog(vtex.logger, vtex.account),
    wake: (event) => wakeLine(clients, event),
    stir: () => stir({ clients, vtex }),
    now: () => Date.now(),
  }
}

/** Takes in the changes that are reported of an account. */
export interface AccountIntake {
  log: Log
  /**
   * Looks, now and then, whether a worker died over the line, and wakes it then; and once an hour in any case, since
   * changes pile up where nothing is exported. Never fails.
   */
  watch(): Promise<void>
  /** @throws {StateError} and cockatiel's TaskCancelledError: not certain to be saved */
  report(reported: Reported): Promise<void>
}

const buffers = new Map<string, ChangeBuffer>()
const mayWatch = nowAndThen(5_000)
const mayWake = nowAndThen(3_600_000, false)

export function intakeOf({ clients, vtex }: Visit): AccountIntake {
  const key = `${vtex.account}/${vtex.workspace}`
  const buffer = buffers.get(key) ?? new ChangeBuffer(realClock)
  buffers.set(key, buffer)
  const documents = vbaseDocuments(clients.vbase)
  return {
    log: runtimeLog(vtex.logger, vtex.account),
    watch: async () => {
      if (!mayWatch(vtex, Date.now())) return
      const isDue = mayWake(vtex, Date.now())
      const isAbandoned = (await stateOfLease(documents)) === 'abandoned'
      if (isDue || isAbandoned) await wakeLine(clients, newEvent()).catch(() => undefined)
    },
    report: (reported) => buffer.report(reported, { documents, clock: realClock }),
  }
}

const mayStir = nowAndThen(10_000)

async function stir({ clients, vtex }: Visit) {
  if (!mayStir(vtex, Date.now())) return
  // Whoever works has an event, and sends the next one.
  if ((await stateOfLease(vbaseDocuments(clients.vbase))) === 'held') return
  await wakeLine(clients, newEvent()).catch(() => undefined)
}

const stateOfLease = (documents: Documents) =>
  Lease.state(documents, Date.now()).catch(() => undefined)

const newEvent = (): WorkEvent => ({ v: 1, id: realClock.nonce() })

async function wakeLine(clients: Clients, event: WorkEvent) {
  await sendPatiently(() => clients.events.sendEvent('', WORK_TOPIC, event))
}
