import { countBy, partition, pick } from 'ramda'

import { Ledger } from '../../ledger/ledger'
import type { MappedOffer } from '../../offers/stockOffer'
import { sourceOfSeller } from '../../settings/sellers'
import type { Settings } from '../../settings/settings'
import { type DirectReads, type PagedSource, STOCK_SOURCES } from '../../sources/source'
import type { Engine } from '../engine'
import type { Line } from '../line'
import { counted, noneGuarded, type Part } from '../part'
import type { ExportRequest } from '../scope'
import { type ChangedAt, driftOf } from './drift'
import { allowance } from './guard'
import { withOwnNames } from './sharedNames'
import { isBelievable, markOf } from './unchanged'

/** What a part is judged by, besides what Intershop was told. */
export interface Judging {
  line: Line
  request: ExportRequest
  settings: Settings
  direct: DirectReads
  /** Rows of Centra by their ids; absent where the export does not read it. */
  centraRows?: PagedSource['rows'] | undefined
  worker: string
  /** SKUs of which this worker told Intershop. */
  told: ReadonlySet<number>
  /** Sellers of which the export met no SKU: what Intershop sells of them is kept back. */
  withheld: ReadonlySet<string>
  /** Where it is known which changes were reported. */
  changedAt?: ChangedAt | undefined
}

/**
 * What becomes of what was read, by what Intershop was told before: which offers are sent, also by names that they
 * had; which it holds already; and which a guard keeps back.
 * @throws {UpstreamError} what concerns all
 * @throws {StateError}
 */
export async function judge(
  engine: Pick<Engine, 'documents' | 'clock' | 'log' | 'workspace'>,
  read: Part,
  judging: Judging
): Promise<Part> {
  const skuIds = [...read.offers, ...read.unmapped].flatMap(({ skuId }) => skuId ?? [])
  if (skuIds.length === 0) return read
  const ledger = await Ledger.open(engine.documents, skuIds)
  const now = engine.clock.now()
  const mark = markOf(judging.settings, engine)
  const named = await withOwnNames(read, ledger, {
    ...judging,
    documents: engine.documents,
    now,
  })
  const isUnchanged = unchangedBy(ledger, mark, now, judging)
  const [unchanged, changed] = partition(isUnchanged, named.offers)
  const { sent, held } = await guarded(engine, changed, ledger, now, judging)
  const isTold = ({ skuId, sellerId }: MappedOffer) => ledger.trusted(skuId, sellerId, mark, now)
  return {
    ...named,
    offers: sent,
    counts: counted({
      sent: sent.length,
      unchanged: unchanged.length,
      held: held.length,
      unmapped: named.unmapped.length,
      failed: named.failures.length,
    }),
    ...zeroedOf(sent, ledger, judging),
    held: held.map(({ skuId, sellerId, offerSku }) => ({ skuId, sellerId, offerSku })),
    drifted: judging.changedAt ? driftOf(named.offers, isTold, judging.changedAt) : [],
  }
}

/** Only updates leave out what Intershop holds; whoever asks for anything else wants it sent. */
function unchangedBy(
  ledger: Ledger,
  mark: string,
  now: number,
  { line, request, worker, told }: Judging
): (offer: MappedOffer) => boolean {
  if (request.route !== 'update' || !isBelievable(line, worker, now)) return () => false
  return (offer) =>
    offer.why === undefined && !told.has(offer.skuId) && ledger.holds(offer, mark, now)
}

/** Keeps back offers that are newly 0, where they are too many. */
async function guarded(
  { documents, log }: Pick<Engine, 'documents' | 'log'>,
  offers: readonly MappedOffer[],
  ledger: Ledger,
  now: number,
  { line, request, settings, withheld }: Judging
): Promise<{ sent: MappedOffer[]; held: MappedOffer[] }> {
  if (request.force) return { sent: [...offers], held: [] }
  const held = new Set<MappedOffer>()
  const isUnasked = ({ why, sellerId }: MappedOffer) => why === 'vanished' && withheld.has(sellerId)
  const zeros = offers.filter((offer) => isUnasked(offer) || isNewlyZero(offer, ledger))
  const isHeld = ({ skuId, sellerId }: MappedOffer) =>
    withheld.has(sellerId) || ledger.entry(skuId, sellerId)?.heldAt !== undefined
  const [before, fresh] = partition(isHeld, zeros)
  for (const offer of before) held.add(offer)
  for (const source of STOCK_SOURCES) {
    const own = fresh.filter(({ sellerId }) => sourceOfSeller(settings, sellerId) === source)
    if (own.length === 0) continue
    const around = { documents, settings, line, now, exportId: request.exportId }
    for (const offer of own.slice(await allowance(around, source, own.length))) held.add(offer)
  }
  if (held.size > 0) {
    const reason = 'newly 0, more than maxNewlyZeroPercent allows; force=true releases them'
    log.warn('offers.held', { exportId: request.exportId, offers: held.size, reason })
  }
  return { sent: offers.filter((offer) => !held.has(offer)), held: [...held] }
}

const isNewlyZero = ({ skuId, sellerId, quantity, why }: MappedOffer, ledger: Ledger) =>
  quantity === 0 && why !== 'renamed' && (ledger.entry(skuId, sellerId)?.quantity ?? 0) > 0

function zeroedOf(sent: readonly MappedOffer[], ledger: Ledger, { request, settings }: Judging) {
  const zeros = sent.filter((offer) => isNewlyZero(offer, ledger))
  const count = (isIt: (offer: MappedOffer) => boolean) => sent.filter(isIt).length
  const bySource = countBy(({ sellerId }) => sourceOfSeller(settings, sellerId) ?? 'none', zeros)
  return {
    zeroed: {
      newlyZero: zeros.filter(({ why }) => why === undefined).length,
      vanished: count(({ why }) => why === 'vanished'),
      renamed: count(({ why }) => why === 'renamed'),
    },
    // What a person forced is not held against what sells out next.
    guarded: request.force ? noneGuarded : { ...noneGuarded, ...pick(STOCK_SOURCES, bySource) },
  }
}
