import type { EventContext } from '@vtex/api'

import type { Clients } from '../clients'
import { type Engine, ScopeError } from '../exports/engine'
import { modifications } from '../exports/selection'
import { centraOf } from '../settings/centra'
import type { Settings } from '../settings/settings'
import { centraStock } from '../sources/centra'
import type { CentraRow } from '../sources/centraPages'
import { freshContexts, keptContexts, TRUSTED_MS } from '../sources/contexts'
import { gatedReads, matchReads } from '../sources/gatedReads'
import { matchRows } from '../sources/matches'
import { OWN_SELLER, ownStock } from '../sources/ownStock'
import type { PagedSource, SkuSlice, SkuSource } from '../sources/source'
import type { Documents } from '../state/documents'
import { gateOf, setQuota } from '../traffic/gates'

type Visit = Pick<EventContext<Clients>, 'clients' | 'vtex'>
type Around = Pick<Engine, 'documents' | 'clock'>

/** Calls at a time to Centra, whose pages come one after another; its rate limits are documented nowhere. */
const CENTRA_LIMIT = 2

/** Where the offers of an export are read: each seller has one source, and Centra's replaces own stock if it is 1. */
export function sourcesOf(visit: Visit, around: Around): Engine['sources'] {
  return ({ scope: { sellerId } }, settings, now) => {
    const { account, workspace } = visit.vtex
    setQuota(account, workspace, settings.maxRequestsPerMinute)
    const centra = centraOf(settings)
    const isAsked = (seller: string) => sellerId === undefined || sellerId === seller
    const sources = {
      own:
        isAsked(OWN_SELLER) && centra?.sellerId !== OWN_SELLER
          ? ownSource(visit, around.documents, settings, now)
          : undefined,
      centra:
        centra && isAsked(centra.sellerId)
          ? centraSource(visit, around, settings, centra, now)
          : undefined,
    }
    if (sources.own || sources.centra) return sources
    throw new ScopeError(
      `seller ${sellerId}: only offers of the account itself (seller ${OWN_SELLER}) and of Centra's seller can be exported`
    )
  }
}

function ownSource(
  { clients, vtex }: Visit,
  documents: Documents,
  settings: Settings,
  now: () => number
): SkuSource {
  const gate = (upstream: string) =>
    gateOf(vtex.account, vtex.workspace, upstream, settings.maxConcurrency)
  const reads = gatedReads(clients, gate)
  const contextsOf = async (slice: SkuSlice) =>
    slice.modifiedAt
      ? keptContexts(reads.skuContext, documents, slice, now)
      : freshContexts(reads.skuContext)
  return ownStock(reads, settings, contextsOf, now)
}

function centraSource(
  { clients, vtex }: Visit,
  { documents, clock }: Around,
  settings: Settings,
  centra: NonNullable<ReturnType<typeof centraOf>>,
  now: () => number
): PagedSource {
  const { account, workspace } = vtex
  const { maxConcurrency: concurrency } = settings
  const gate = gateOf(account, workspace, 'centra', CENTRA_LIMIT)
  const reads = matchReads(clients, () => gateOf(account, workspace, 'catalog', concurrency))
  const match = async (rows: readonly CentraRow[]) => {
    const at = clock.now()
    const modified = await modifications(documents, at - TRUSTED_MS, at)
    const around = { modifiedAt: modified.at, modifiedLast: modified.last, concurrency, now }
    return matchRows(reads, documents, rows, around)
  }
  return centraStock(
    {
      stock: (parameters, page) =>
        gate.run(() => clients.centra.stock(centra.access, parameters, page)),
      match: async (rows) => (rows.length === 0 ? new Map() : match(rows)),
    },
    centra,
    settings,
    now
  )
}
