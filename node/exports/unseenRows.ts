import { min, pluck } from 'ramda'
import type { ErrorSummary } from '../common/errors'
import { unlessMissing } from '../common/upstreamError'
import { type Failure, offerKey } from '../offers/stockOffer'
import { type Entry, mayBeSold } from '../published/entry'
import type { LedgerView, Published } from '../published/ledger'
import { goneOffer, soldSkus } from '../published/removedOffers'
import type { Settings } from '../settings/settings'
import {
  type DirectReads,
  isAskedOf,
  type RowReading,
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

/** Whether an export reads a published offer by the id of its Centra row. */
type IsUnseen = (entry: Entry, skuId: number) => boolean

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
  const { batches, isUnseen } = await unseenIn(engine, queue, exportId, settings)
  const skuIds: number[] = []
  const sellers = new Set<string>()
  for await (const skuId of soldSkus(ledger, isUnseen, sellers)) skuIds.push(skuId)
  const request = requestOf(queue, exportId)
  if (request.force || isSmall(request)) return { skuIds, withheld: [] }
  const foundSellers = new Set(batches.flatMap(({ sellers }) => sellers))
  return { skuIds, withheld: [...sellers].filter((sellerId) => !foundSellers.has(sellerId)) }
}

/** Says which rows an export did not see, and in which batches it looked. */
async function unseenIn(
  engine: Dependencies,
  queue: QueueSnapshot,
  exportId: string,
  settings: Settings
): Promise<{ isUnseen: IsUnseen; batches: readonly CommittedBatch[] }> {
  const request = requestOf(queue, exportId)
  const { scope } = request
  const isAsked = isAskedOf(settings, 'centra', scope.sellerId)
  const isAskedFor: IsUnseen = (entry, skuId) =>
    mayBeSold(entry) && isAsked(entry.sellerId) && skuId >= (scope.startId ?? 0)
  // An incremental export selects changed rows only, so it reads held offers by id.
  if (isSmall(request)) {
    const isHeld: IsUnseen = (entry, skuId) =>
      entry.heldAt !== undefined &&
      isAskedFor(entry, skuId) &&
      isOfScope(request, skuId, entry.sellerId)
    return { isUnseen: isHeld, batches: [] }
  }
  const batches = await batchesOf(engine, queue, exportId, { isWhole: true })
  const progress = progressOf(queue, exportId)
  const pages = progress?.sources.find(({ source }) => source === 'centra')
  // If the pages were not read to the end, a row may be on one of the others.
  if (!pages || !isRead(pages)) return { isUnseen: () => false, batches }
  const read = counted(queue, exportId).filter(({ source }) => source === 'centra')
  const since = pluck('version', read).reduce(min, progress?.plan.startedAt ?? 0)
  const own = batches.filter(({ source }) => source === 'centra')
  const failed = new Set(own.flatMap(({ failures }) => pluck('rowId', failures)))
  // A dry run writes nothing to the ledger, so its batches list what they contained.
  const seen = new Set(own.flatMap(({ seenInDryRun = [] }) => seenInDryRun))
  const isUnseen: IsUnseen = (entry, skuId) => {
    const { version, heldAt = 0, dismissedAt = 0, sharedAt = 0, rowId, sellerId } = entry
    const isSeen = [version, heldAt, dismissedAt, sharedAt].some((at) => at >= since)
    const isFailed = rowId !== undefined && failed.has(rowId)
    return (
      isAskedFor(entry, skuId) && !isSeen && !isFailed && !seen.has(offerKey({ skuId, sellerId }))
    )
  }
  return { isUnseen, batches }
}

/** The source that reads the rows that no page contained. */
export async function unseenRowsSource(
  engine: Dependencies,
  queue: QueueSnapshot,
  exportId: string,
  around: Omit<RowsAround, 'isUnseen'>
): Promise<Pick<SkuSource, 'open' | 'concurrency'>> {
  const { isUnseen } = await unseenIn(engine, queue, exportId, around.settings)
  return rowsSource({ ...around, isUnseen })
}

interface RowsAround {
  sources: Sources
  settings: Settings
  /** UTC milliseconds. */
  now(): number
  published: Published
  /** Sellers whose offers are held without reading their rows. */
  heldSellers: ReadonlySet<string>
  isUnseen: IsUnseen
}

/** Reads Centra rows one by one, by the ids in the ledger. */
export const rowsSource = (around: RowsAround): Pick<SkuSource, 'open' | 'concurrency'> => ({
  concurrency: around.settings.maxConcurrency,
  open: async () => ({
    close: async () => undefined,
    read: async (skuId) => {
      const entries = around.published.entries(skuId).filter((each) => around.isUnseen(each, skuId))
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
    // VTEX's search may miss a SKU that exists, so the SKU's own record decides.
    return (await isStillNamed(found, skuId, direct)) ? failed(NOT_FOUND) : removed()
  } catch (thrown) {
    return failed(toItemFailure(thrown))
  }
}

/** Whether the EAN or the reference in a row is the SKU's. */
async function isStillNamed({ identity }: RowReading, skuId: number, direct: DirectReads) {
  if (!identity) return false
  const { ean, reference } = identity
  const sku = await unlessMissing(direct.skuDetails(skuId))
  return (
    (ean !== undefined && ean === sku?.ean) || (reference !== undefined && reference === sku?.refId)
  )
}

/** Whether another row matches the same SKU: then that row decides about the offer. */
const isConflicting = ({ code }: Failure) => code === 'ambiguous' || code === 'inactive'

const NOT_FOUND = {
  code: 'match_lost',
  message: "the row has the SKU's EAN or reference, but VTEX does not find the SKU by it",
} as const
