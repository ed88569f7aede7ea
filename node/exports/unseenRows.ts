import { min, pluck } from 'ramda'
import type { ErrorSummary } from '../common/errors'
import { unlessMissing } from '../common/upstreamError'
import { type Failure, offerKey } from '../offers/stockOffer'
import type { Entry } from '../published/entry'
import type { LedgerView, Published } from '../published/ledger'
import { goneOffer, soldSkus } from '../published/removedOffers'
import type { Settings } from '../settings/settings'
import {
  isAskedOf,
  type SkuReading,
  type SkuSource,
  type Sources,
  toItemFailure,
} from '../sources/source'
import type { Dependencies } from './engine'
import { isOfScope, isSmall } from './exportRequest'
import { isRead } from './nextStep'
import { progressOf, type QueueSnapshot, requestOf } from './queue'
import { batchesOf, type CommittedBatch, counted } from './receipts'

/**
 * Lists the SKUs whose Centra offers Intershop may be selling although no page contained their rows. Pages shift
 * while they are read, so a missing row does not prove that it is gone: the export reads it by its id.
 * @returns `withheld`: Centra's seller, if the pages contain none of its SKUs: its offers are held instead of set to 0
 */
export async function listUnseenRows(
  engine: Dependencies,
  ledger: LedgerView,
  queue: QueueSnapshot,
  exportId: string,
  settings: Settings
): Promise<{ skuIds: number[]; withheld: string[] }> {
  const request = requestOf(queue, exportId)
  const { force, scope } = request
  const isAsked = isAskedOf(settings, 'centra', scope.sellerId)
  const batches = isSmall(request)
    ? []
    : await batchesOf(engine, queue, exportId, { isWhole: true })
  // An incremental export selects changed rows only, so it reads held offers by id.
  const isUnseen = isSmall(request)
    ? ({ heldAt, sellerId }: Entry, skuId: number) =>
        heldAt !== undefined && isOfScope(request, skuId, sellerId)
    : unseenIn(queue, exportId, batches)
  const skuIds: number[] = []
  const sellers = new Set<string>()
  const isWanted = (entry: Entry, skuId: number) =>
    isAsked(entry.sellerId) && skuId >= (scope.startId ?? 0) && isUnseen(entry, skuId)
  for await (const some of soldSkus(ledger, isWanted, sellers)) {
    for (const skuId of some) skuIds.push(skuId)
  }
  if (force || isSmall(request)) return { skuIds, withheld: [] }
  const foundSellers = new Set(batches.flatMap((batch) => batch.sellers))
  return { skuIds, withheld: [...sellers].filter((sellerId) => !foundSellers.has(sellerId)) }
}

/** Returns a predicate: true for published offers whose rows are in none of the pages. */
function unseenIn(queue: QueueSnapshot, exportId: string, batches: readonly CommittedBatch[]) {
  const progress = progressOf(queue, exportId)
  const pages = progress?.sources.find(({ source }) => source === 'centra')
  // If the pages were not read to the end, a row may be on one of the others.
  if (!pages || !isRead(pages)) return () => false
  const read = counted(queue, exportId).filter(({ source }) => source === 'centra')
  const since = pluck('version', read).reduce(min, progress?.plan.startedAt ?? 0)
  const own = batches.filter(({ source }) => source === 'centra')
  const failed = new Set(own.flatMap(({ failures }) => pluck('rowId', failures)))
  // A dry run writes nothing to the ledger, so its batches list what they contained.
  const seen = new Set(own.flatMap(({ seenInDryRun = [] }) => seenInDryRun))
  return (entry: Entry, skuId: number): boolean => {
    const { version, heldAt = 0, dismissedAt = 0, sharedAt = 0, rowId, sellerId } = entry
    const isSeen = [version, heldAt, dismissedAt, sharedAt].some((at) => at >= since)
    const isFailed = rowId !== undefined && failed.has(rowId)
    return !isSeen && !isFailed && !seen.has(offerKey({ skuId, sellerId }))
  }
}

interface RowsAround {
  sources: Sources
  settings: Settings
  /** UTC milliseconds. */
  now(): number
  published: Published
  /** Sellers whose offers are held without reading their rows. */
  heldSellers: ReadonlySet<string>
  /** Whether the row of a published offer is read. */
  isAsked(entry: Entry): boolean
}

/** Reads Centra rows one by one, by the ids in the ledger. */
export const rowsSource = (around: RowsAround): Pick<SkuSource, 'open' | 'concurrency'> => ({
  concurrency: around.settings.maxConcurrency,
  open: async () => ({
    close: async () => undefined,
    read: async (skuId) => {
      const entries = around.published.entries(skuId).filter((entry) => around.isAsked(entry))
      const readings: SkuReading[] = []
      for (const entry of entries) readings.push(await readRow(skuId, entry, around))
      return {
        offers: readings.flatMap(({ offers }) => offers),
        failures: readings.flatMap(({ failures }) => failures),
        removed: readings.flatMap(({ removed = [] }) => removed),
      }
    },
  }),
})

/** A row that matches the SKU is an offer. If the row is missing or matches another SKU, the offer is removed. */
async function readRow(
  skuId: number,
  entry: Entry,
  { sources: { centra, direct }, heldSellers, now }: RowsAround
): Promise<SkuReading> {
  const { sellerId, rowId } = entry
  const nothing: SkuReading = { offers: [], failures: [] }
  const failed = (error: ErrorSummary) => {
    return { ...nothing, failures: [{ skuId, rowId, sellerId, ...error }] }
  }
  const removed = () => ({ ...nothing, removed: [goneOffer(skuId, entry, now())] })
  if (heldSellers.has(sellerId)) return removed()
  if (rowId === undefined || !centra) return nothing
  try {
    const found = await centra.row(rowId)
    const offers = found.offers.filter((offer) => offer.skuId === skuId)
    const failures = found.failures.map((failure) => ({ ...failure, skuId }))
    if (offers.length + failures.length > 0) return { offers, failures }
    if (found.unmapped.some(isConflicting)) return nothing
    if (!found.identity) return removed()
    // VTEX's search may miss a SKU that exists, so the SKU's own record decides.
    const sku = await unlessMissing(direct.skuDetails(skuId))
    const { ean, reference } = found.identity
    const isNamed =
      (ean !== undefined && ean === sku?.ean) ||
      (reference !== undefined && reference === sku?.refId)
    return isNamed ? failed(NOT_FOUND) : removed()
  } catch (thrown) {
    return failed(toItemFailure(thrown))
  }
}

/** Whether another row matches the same SKU: then that row decides about the offer. */
const isConflicting = ({ code }: Failure) => code === 'ambiguous' || code === 'inactive'

const NOT_FOUND = {
  code: 'match_lost',
  message: "the row has the SKU's EAN or reference, but VTEX does not find the SKU by it",
} as const
