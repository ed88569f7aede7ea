import type { EventContext } from '@vtex/api'

import { accountOf } from '../account'
import type { Clients } from '../clients'
import { Sftp, sameFingerprint } from '../clients/sftp'
import { IcmSftp } from '../delivery/icmSftp'
import { stampText } from '../exports/clock'
import { type Engine, ScopeError } from '../exports/engine'
import { realClock } from '../exports/realClock'
import { appSettings } from '../settings/appSettings'
import { parseSettings, type Settings } from '../settings/settings'
import { freshContexts, keptContexts } from '../sources/contexts'
import { gatedReads } from '../sources/gatedReads'
import { OWN_SELLER, ownStock } from '../sources/ownStock'
import type { SkuSlice } from '../sources/source'
import { pinnedHostKey } from '../state/hostKeys'
import { gateOf, setQuota, trafficOf } from '../traffic/gates'

/** The engine at work for the account of an event. */
export function engineOf({ clients, vtex }: EventContext<Clients>): Engine {
  const { documents, log, wake } = accountOf({ clients, vtex })
  return {
    documents,
    clock: realClock,
    log,
    traffic: () => trafficOf(vtex.account, vtex.workspace),
    mostSkus: 10_000,
    wake,
    settings: async () =>
      parseSettings(await appSettings(clients.apps, vtex), { production: isProduction(vtex) }),
    sources: ({ scope }, settings, now) => {
      if (scope.sellerId !== undefined && scope.sellerId !== OWN_SELLER) {
        throw new ScopeError(
          `seller ${scope.sellerId}: only the account's own offers (seller ${OWN_SELLER}) can be exported`
        )
      }
      const { maxConcurrency, maxRequestsPerMinute } = settings
      setQuota(vtex.account, vtex.workspace, maxRequestsPerMinute)
      const gate = (upstream: string) =>
        gateOf(vtex.account, vtex.workspace, upstream, maxConcurrency)
      const reads = gatedReads(clients, gate)
      const contextsOf = async (slice: SkuSlice) =>
        slice.modifiedAt
          ? keptContexts(reads.skuContext, documents, slice, now)
          : freshContexts(reads.skuContext)
      return { own: ownStock(reads, settings, contextsOf, now) }
    },
    delivery: (settings) => icmSftp(settings, documents),
  }
}

/** VTEX: `master` is the production workspace; an event may come without the header that says so. */
const isProduction = ({ production, workspace }: EventContext<Clients>['vtex']) =>
  production || workspace === 'master'

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
