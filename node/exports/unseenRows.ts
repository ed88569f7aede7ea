import { min, pluck } from 'ramda'
import type { SkuDetails } from '../clients/catalog'
import { unlessMissing } from '../common/upstreamError'
import { type Failure, type MappedOffer, offerKey } from '../offers/stockOffer'
import { type Entry, mayBeSold } from '../published/entry'
import type { LedgerView, Published } from '../published/ledger'
import { goneOffer, soldSkus } from '../published/removedOffers'
import type { Settings } from '../settings/settings'
import { toItemFailure } from '../sources/itemFailure'
import type { SingleRows, SkuReading, SkuSource, Sources } from '../sources/source'
import { isAskedOf } from '../sources/sourceOfSeller'
import type { Dependencies } from './engine'
import { isOfScope, isSmall } from './exportRequest'
import { isRead } from './nextStep'
import { progressOf, type QueueSnapshot, requestOf } from './queue'
import { allBatches, type CommittedBatch, versionsOf } from './receipts'

/** Whether an export reads a published offer by the id of its Centra row. */
type IsUnseen = (entry: Entry, skuId: number) => boolean

/** SKUs with a Centra row that no page contained. */
export interface UnseenRows {
  skuIds: number[]
  /** Centra's seller, if the pages contain none of its SKUs: its offers are held instead of set to 0. */
  withheld: string[]
}

/**
 * Lists the SKUs whose Centra offers Intershop may be selling although no page contained their rows. Pages shift
 * while they are read, so a missing row does not prove that it is gone: the export reads it by its id.
 */
export async function listUnseenRows(
  engine: Dependencies,
  ledger: LedgerView,
  queue: QueueSnapshot,
  exportId: string,
  settings: Settings
): Promise<UnseenRows> {
  const batches = await batchesOf(engine, queue, exportId)
  const isUnseen = unseenIn(queue, exportId, settings, batches)
  const skuIds: number[] = []
  const sellers = new Set<string>()
  for await (const skuId of soldSkus(ledger, isUnseen, sellers)) skuIds.push(skuId)
  const request = requestOf(queue, exportId)
  if (request.force || isSmall(request)) return { skuIds, withheld: [] }
  const foundSellers = new Set(batches.flatMap(({ sellers }) => sellers))
  return { skuIds, withheld: [...sellers].filter((sellerId) => !foundSellers.has(sellerId)) }
}

/** Incremental exports do not look for unseen rows, so they need no batches. */
const batchesOf = async (engine: Dependencies, queue: QueueSnapshot, exportId: string) =>
  isSmall(requestOf(queue, exportId)) ? [] : allBatches(engine, queue, exportId)

function unseenIn(
  queue: QueueSnapshot,
  exportId: string,
  settings: Settings,
  batches: readonly CommittedBatch[]
): IsUnseen {
  const request = requestOf(queue, exportId)
  const { scope } = request
  const isAsked = isAskedOf(settings, 'centra', scope.sellerId)
  const isAskedFor: IsUnseen = (entry, skuId) =>
    mayBeSold(entry) && isAsked(entry.sellerId) && skuId >= (scope.startId ?? 0)
  // An incremental export selects changed rows only, so it reads held offers by id.
  if (isSmall(request)) {
    return (entry, skuId) =>
      entry.heldAt !== undefined &&
      isAskedFor(entry, skuId) &&
      isOfScope(request, skuId, entry.sellerId)
  }
  const progress = progressOf(queue, exportId)
  const pages = progress?.sources.find(({ source }) => source === 'centra')
  // If the pages were not read to the end, a row may be on one of the others.
  if (!pages || !isRead(pages)) return () => false
  const since = versionsOf(queue, exportId, 'centra').reduce(min, progress?.plan.startedAt ?? 0)
  const own = batches.filter(({ source }) => source === 'centra')
  const failed = new Set(own.flatMap(({ failures }) => pluck('rowId', failures)))
  // A dry run writes nothing to the ledger, so its batches list what they contained.
  const seen = new Set(own.flatMap(({ seenInDryRun = [] }) => seenInDryRun))
  return (entry, skuId) => {
    const { version, heldAt = 0, dismissedAt = 0, sharedAt = 0, rowId, sellerId } = entry
    const isSeen = [version, heldAt, dismissedAt, sharedAt].some((at) => at >= since)
    const isFailed = rowId !== undefined && failed.has(rowId)
    return (
      isAskedFor(entry, skuId) && !isSeen && !isFailed && !seen.has(offerKey({ skuId, sellerId }))
    )
  }
}

/** The source that reads the rows that no page contained. */
export async function unseenRowsSource(
  engine: Dependencies,
  queue: QueueSnapshot,
  exportId: string,
  around: Omit<RowsAround, 'isUnseen'>
): Promise<Pick<SkuSource, 'open' | 'concurrency'>> {
  const batches = await batchesOf(engine, queue, exportId)
  const isUnseen = unseenIn(queue, exportId, around.settings, batches)
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
export function rowsSource({
  sources,
  settings,
  now,
  published,
  heldSellers,
  isUnseen,
}: RowsAround): Pick<SkuSource, 'open' | 'concurrency'> {
  return {
    concurrency: settings.maxConcurrency,
    open: async () => ({
      close: async () => undefined,
      read: async (skuId) => {
        const reading = new RowReading(skuId, sources, now)
        const entries = published.entries(skuId).filter((entry) => isUnseen(entry, skuId))
        for (const entry of entries) await reading.read(entry, heldSellers.has(entry.sellerId))
        return reading.found
      },
    }),
  }
}

class RowReading {
  readonly found = {
    offers: [] as SkuReading['offers'],
    failures: [] as SkuReading['failures'],
    removed: [] as MappedOffer[],
  }

  constructor(
    private readonly skuId: number,
    private readonly sources: Sources,
    private readonly now: () => number
  ) {}

  /** A row that matches the SKU is an offer. If the row is missing or matches another SKU, the offer is removed. */
  async read(entry: Entry, isHeld: boolean): Promise<void> {
    const { skuId } = this
    const { sellerId, rowId } = entry
    if (isHeld) return this.remove(entry)
    if (rowId === undefined || !this.sources.centra) return
    try {
      const found = await this.sources.centra.rows([rowId])
      const own = found.offers.filter((offer) => offer.skuId === skuId)
      const failures = found.failures.map((failure) => ({ ...failure, skuId }))
      for (const offer of own) this.found.offers.push(offer)
      for (const failure of failures) this.found.failures.push(failure)
      if (own.length + failures.length > 0 || found.unmapped.some(isConflicting)) return
      // VTEX's search may miss a SKU that exists, so the SKU's own record decides.
      if (await this.isStillNamed(found)) {
        this.found.failures.push({ ...NOT_FOUND, skuId, rowId, sellerId })
      } else this.remove(entry)
    } catch (thrown) {
      this.found.failures.push({ skuId, rowId, sellerId, ...toItemFailure(thrown) })
    }
  }

  private remove(entry: Entry) {
    this.found.removed.push(goneOffer(this.skuId, entry, this.now()))
  }

  private async isStillNamed({ identities }: SingleRows): Promise<boolean> {
    if (identities.length === 0) return false
    const sku = await unlessMissing(this.sources.direct.skuDetails(this.skuId))
    return sku !== undefined && identities.some((identity) => isOf(identity, sku))
  }
}

/** Whether another row matches the same SKU: then that row decides about the offer. */
const isConflicting = ({ code }: Failure) => code === 'ambiguous' || code === 'inactive'

/** Whether the EAN or the reference in a row is the SKU's. */
const isOf = ({ ean, reference }: SingleRows['identities'][number], sku: SkuDetails): boolean =>
  (ean !== undefined && ean === sku.ean) || (reference !== undefined && reference === sku.refId)

const NOT_FOUND = {
  code: 'match_lost',
  message: "the row has the SKU's EAN or reference, but VTEX does not find the SKU by it",
} as const
