import type { EventContext } from '@vtex/api'

import { accountOf } from '../account'
import { changeIndexOf } from '../changes/changeIndex'
import type { Clients } from '../clients'
import { Sftp } from '../clients/sftp'
import { sameFingerprint } from '../clients/sftpSession'
import { publisherOf } from '../delivery/publishers'
import { stampText } from '../exports/clock'
import type { Engine } from '../exports/engine'
import { realClock } from '../exports/realClock'
import { appSettings } from '../settings/appSettings'
import { parseSettings, type Settings } from '../settings/settings'
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
    settings: async () =>
      parseSettings(await appSettings(clients.apps, vtex), { production: isProduction(vtex) }),
    changeIndex,
    sources: sourcesOf({ clients, vtex }, { documents, changeIndex }),
    delivery: (settings) => publisher(settings, documents),
  }
}

/** VTEX: `master` is the production workspace; an event may come without the header that says so. */
const isProduction = ({ production, workspace }: EventContext<Clients>['vtex']) =>
  production || workspace === 'master'

async function publisher(settings: Settings, documents: Engine['documents']) {
  const pin = await pinnedHostKey(documents, settings)
  const acceptHostKey = (shown: string) => {
    const expected = settings.sftpHostKey || pin.known
    if (expected) return sameFingerprint(shown, expected)
    pin.remember(shown)
    return true
  }
  return publisherOf(settings, {
    connect: (access) => Sftp.connect({ ...access, acceptHostKey }),
    stampText,
    now: () => realClock.now(),
    nonce: () => realClock.nonce(),
  })
}
