import { min, pluck } from 'ramda'
import type { SkuDetails } from '../clients/catalog'
import { unlessMissing } from '../common/upstreamError'
import { type Failure, type MappedOffer, offerKey } from '../offers/stockOffer'
import { type Entry, mayBeSold } from '../published/entry'
import type { LedgerView, Published } from '../published/ledger'
import { goneOffer } from '../published/removedOffers'
import { isAskedOf } from '../settings/sellers'
import type { Settings } from '../settings/settings'
import { toItemFailure } from '../sources/itemFailure'
import type { SingleRows, SkuReading, SkuSource, Sources } from '../sources/source'
import { allDeliveries, type Delivered, stampsOf } from './deliveries'
import type { Engine } from './engine'
import { type Line, progressOf, requestOf } from './line'
import { isRead } from './next'
import { isSmall } from './scope'

/** Whether an export asks for an offer of the ledger by its row of Centra. */
type IsUnseen = (skuId: number, entry: Entry) => boolean

/** The SKUs of rows of Centra that no page showed. */
export interface UnseenRows {
  skuIds: number[]
  /** Centra's seller, where no page showed a row of any of its SKUs: then it has not sold out all at once. */
  withheld: string[]
}

/**
 * What Intershop may be selling of Centra and no page showed: pages shift while they are read, and that a list does
 * not have it proves nothing.
 * @throws {StateError} {@link LostDocumentError}
 */
export async function listUnseenRows(
  engine: Engine,
  ledger: LedgerView,
  line: Line,
  exportId: string,
  settings: Settings
): Promise<UnseenRows> {
  const deliveries = await deliveriesOf(engine, line, exportId)
  const isUnseen = unseenIn(line, exportId, settings, deliveries)
  const skuIds: number[] = []
  const sellers = new Set<string>()
  for await (const [skuId, entries] of ledger.walk()) {
    const unseen = entries.filter((entry) => isUnseen(skuId, entry))
    if (unseen.length > 0) skuIds.push(skuId)
    for (const { sellerId } of unseen) sellers.add(sellerId)
  }
  if (requestOf(line, exportId).force) return { skuIds, withheld: [] }
  const met = new Set(deliveries.flatMap((delivery) => delivery.sellers))
  return { skuIds, withheld: [...sellers].filter((sellerId) => !met.has(sellerId)) }
}

/** An export of what changed goes by none of them. */
const deliveriesOf = async (engine: Engine, line: Line, exportId: string) =>
  isSmall(requestOf(line, exportId)) ? [] : allDeliveries(engine, line, exportId)

function unseenIn(
  line: Line,
  exportId: string,
  settings: Settings,
  deliveries: readonly Delivered[]
): IsUnseen {
  const request = requestOf(line, exportId)
  const { scope } = request
  const isAsked = isAskedOf(settings, 'centra', scope.sellerId)
  const isAskedFor: IsUnseen = (skuId, entry) =>
    mayBeSold(entry) && isAsked(entry.sellerId) && skuId >= (scope.startId ?? 0)
  // An export of what changed meets what a guard kept back only by chance.
  if (isSmall(request)) {
    return (skuId, entry) => entry.heldAt !== undefined && isAskedFor(skuId, entry)
  }
  const progress = progressOf(line, exportId)
  const pages = progress?.sources.find(({ source }) => source === 'centra')
  // What a source that was not read to its end did not show may be there.
  if (!pages || !isRead(pages)) return () => false
  const since = stampsOf(line, exportId, 'centra').reduce(min, progress?.plan.startedAt ?? 0)
  const own = deliveries.filter(({ source }) => source === 'centra')
  const failed = new Set(own.flatMap(({ failures }) => pluck('rowId', failures)))
  // Of what a dry run came by the ledger knows nothing; no other says so.
  const seen = new Set(own.flatMap(({ told = [] }) => told))
  return (skuId, entry) => {
    const { version, heldAt = 0, sharedAt = 0, rowId, sellerId } = entry
    const isSeen = [version, heldAt, sharedAt].some((at) => at >= since)
    const isFailed = rowId !== undefined && failed.has(rowId)
    return (
      isAskedFor(skuId, entry) && !isSeen && !isFailed && !seen.has(offerKey({ skuId, sellerId }))
    )
  }
}

/** The source of the rows that no page showed. */
export async function unseenRowsSource(
  engine: Engine,
  line: Line,
  exportId: string,
  around: Omit<RowsAround, 'isUnseen'>
): Promise<Pick<SkuSource, 'open' | 'concurrency'>> {
  const deliveries = await deliveriesOf(engine, line, exportId)
  const isUnseen = unseenIn(line, exportId, around.settings, deliveries)
  return rowsSource({ ...around, isUnseen })
}

interface RowsAround {
  sources: Sources
  settings: Settings
  /** UTC milliseconds. */
  now(): number
  published: Published
  /** Sellers that are not asked for: what Intershop sells of them is kept back. */
  withheld: ReadonlySet<string>
  isUnseen: IsUnseen
}

/** Asks for rows of Centra one by one, by the ids that the ledger has. */
export function rowsSource({
  sources,
  settings,
  now,
  published,
  withheld,
  isUnseen,
}: RowsAround): Pick<SkuSource, 'open' | 'concurrency'> {
  return {
    concurrency: settings.maxConcurrency,
    open: async () => ({
      close: async () => undefined,
      read: async (skuId) => {
        const reading = new RowReading(skuId, sources, now)
        const entries = published.entries(skuId).filter((entry) => isUnseen(skuId, entry))
        for (const entry of entries) await reading.read(entry, withheld.has(entry.sellerId))
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

  /** A row that is there and leads to its SKU is an offer; to another one, or nowhere, none of this SKU's. */
  async read(entry: Entry, isWithheld: boolean): Promise<void> {
    const { skuId } = this
    const { sellerId, rowId } = entry
    if (isWithheld) return this.isGone(entry)
    if (rowId === undefined || !this.sources.centra) return
    try {
      const found = await this.sources.centra.rows([rowId])
      const own = found.offers.filter((offer) => offer.skuId === skuId)
      const failures = found.failures.map((failure) => ({ ...failure, skuId }))
      for (const offer of own) this.found.offers.push(offer)
      for (const failure of failures) this.found.failures.push(failure)
      if (own.length + failures.length > 0 || found.unmapped.some(isDisputed)) return
      // Whoever looks for a SKU may be told that there is none: the SKU's own record decides.
      if (await this.isStillNamed(found)) {
        this.found.failures.push({ ...NOT_FOUND, skuId, rowId, sellerId })
      } else this.isGone(entry)
    } catch (thrown) {
      this.found.failures.push({ skuId, rowId, sellerId, ...toItemFailure(thrown) })
    }
  }

  private isGone(entry: Entry) {
    this.found.removed.push(goneOffer(this.skuId, entry, this.now()))
  }

  private async isStillNamed({ identities }: SingleRows): Promise<boolean> {
    if (identities.length === 0) return false
    const context = await unlessMissing(this.sources.direct.skuDetails(this.skuId))
    return context !== undefined && identities.some((identity) => isOf(identity, context))
  }
}

/** Another row leads to the same SKU: what is right is told by that one, or by neither. */
const isDisputed = ({ code }: Failure) => code === 'ambiguous' || code === 'inactive'

/** Whether a row says that it is this SKU. */
const isOf = ({ ean, reference }: SingleRows['identities'][number], context: SkuDetails): boolean =>
  (ean !== undefined && ean === context.ean) ||
  (reference !== undefined && reference === context.refId)

const NOT_FOUND = {
  code: 'match_lost',
  message: 'the row says that it is this SKU, and VTEX does not find the SKU by it',
} as const
