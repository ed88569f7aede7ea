import type { EventContext } from '@vtex/api'

import { accountOf } from '../account'
import { changeIndexOf } from '../changes/changeIndex'
import type { Clients } from '../clients'
import { Sftp, sameFingerprint } from '../clients/sftp'
import { IcmSftp } from '../delivery/icmSftp'
import { stampText } from '../exports/clock'
import type { Engine } from '../exports/engine'
import { realClock } from '../exports/realClock'
import { parseSettings, type Settings } from '../settings/settings'
import { appSettings } from '../settings/settingsCache'
import { pinnedHostKey } from '../state/hostKeys'
import { trafficOf } from '../throttling/limiters'
import { sourcesOf } from './sources'

/** The engine at work for the account of an event. */
export function engineOf({ clients, vtex }: EventContext<Clients>): Engine {
  const { documents, log, wake } = accountOf({ clients, vtex })
  const changeIndex = changeIndexOf({ documents, clock: realClock })
  return {
    documents,
    workspace: vtex.workspace,
    clock: realClock,
    log,
    traffic: () => trafficOf(vtex),
    mostSkus: 10_000,
    wake,
    settings: async () => parseSettings(await appSettings(clients.apps, vtex)),
    changeIndex,
    sources: sourcesOf({ clients, vtex }, { documents, changeIndex }),
    delivery: (settings) => icmSftp(settings, documents),
  }
}

async function icmSftp(settings: Settings, documents: Engine['documents']) {
  const pin = await pinnedHostKey(documents, settings)
  const acceptHostKey = (shown: string) => {
    const expected = settings.sftpHostKey || pin.known
    if (expected) return sameFingerprint(shown, expected)
    pin.remember(shown)
    return true
  }
  return new IcmSftp(settings, {
    connect: (access) => Sftp.connect({ ...access, acceptHostKey }),
    stampText,
    now: () => realClock.now(),
    nonce: () => realClock.nonce(),
  })
}
