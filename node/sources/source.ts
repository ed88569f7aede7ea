import { z } from 'zod'
import type { SkuDetails } from '../clients/catalog'
import { AppError, describe, type ErrorSummary } from '../common/errors'
import { codeOf, UpstreamError } from '../common/upstreamError'
import { OWN_SELLER, type SkuIdentifier, type SkuIdentity } from '../offers/offerSku'
import type { Failure, MappedOffer, StockOffer } from '../offers/stockOffer'
import { centraOf, type Settings } from '../settings/settings'
import type { ListCursor, ListedPage, MayBegin } from './paginate'

// Times in sources/, and what `now` returns, are UTC milliseconds.

/** A stock offer with the identifiers of which its SKU in Intershop is made. */
export type ReadOffer = StockOffer & SkuIdentity

/** What a source read of one SKU. A failure has its seller, if that is known. */
export interface SkuReading {
  offers: ReadOffer[]
  failures: Failure[]
  /** Offers that are gone, with their names in Intershop. */
  removed?: readonly MappedOffer[]
  /** Its stock was not requested, so it does not show that the upstream accepts requests. */
  unasked?: boolean
  /** The SKU id, if it is unverified and VTEX does not know it. */
  unknown?: number
}

export interface SkuBatch {
  /** Sorted. */
  ids: readonly number[]
  /**
   * When a SKU itself was last reported changed, not only its stock: UTC milliseconds, 0 if it was not. Absent: cached
   * details may not be used.
   */
  modifiedAt?: (skuId: number) => number
  /** Of an update's refresh: it is cheap because valid cached details are all used. */
  isRefresh?: boolean
  /** Its reading begins before what the batch before it read is cached. */
  isAhead?: boolean
}

/** SKUs that are read at once: a few more than requests, so that each response is followed by one that waits already. */
export const skusAtOnce = ({ maxConcurrency }: Pick<Settings, 'maxConcurrency'>): number =>
  Math.ceil(maxConcurrency * 1.125)

export interface SkuBatchReader {
  /** Fails only for what concerns all SKUs; an error of one SKU is its failure. */
  read(skuId: number): Promise<SkuReading>
  /** Call it after the last SKU: checks the batch, and writes caches. */
  close(): Promise<void>
}

/** The sources of stock, in the order of reading. Each seller belongs to exactly one of them. */
export const STOCK_SOURCES = ['own', 'centra', 'sellers'] as const

export type StockSource = (typeof STOCK_SOURCES)[number]

/**
 * What an export reads separately. `centraRows`: rows that the ledger has and no page had. `sellersRefresh`: the offers
 * of other sellers that were read longest ago.
 */
export const SOURCES = [...STOCK_SOURCES, 'centraRows', 'sellersRefresh'] as const

export type SourceName = (typeof SOURCES)[number]

/** Sources that an update asks for changed SKUs. */
export const CHANGING_SOURCES = ['own', 'sellers'] as const satisfies readonly StockSource[]

/** Sources that are asked for each SKU. Centra is read page by page. */
export const SKU_SOURCES = [...CHANGING_SOURCES, 'centraRows', 'sellersRefresh'] as const

export type SkuSourceName = (typeof SKU_SOURCES)[number]

export const isChanging = (name: SourceName): boolean =>
  CHANGING_SOURCES.some((each) => each === name)

export const isSkuSource = (name: SourceName): name is SkuSourceName => name !== 'centra'

/** The source to which the offers belong. */
export function stockSourceOf(name: SourceName): StockSource {
  if (name === 'sellersRefresh') return 'sellers'
  return name === 'centraRows' ? 'centra' : name
}

/** The source of a seller; undefined if its offers are not exported. */
export function sourceOfSeller(settings: Settings, sellerId: string): StockSource | undefined {
  const { sellers } = settings
  if (sellers.length > 0 && !sellers.includes(sellerId)) return undefined
  if (centraOf(settings)?.sellerId === sellerId) return 'centra'
  return sellerId === OWN_SELLER ? 'own' : 'sellers'
}

/** A predicate: true for sellers that this source reads. @param only the seller of the export's scope, if any */
export const isAskedOf =
  (settings: Settings, source: StockSource, only?: string) =>
  (sellerId: string): boolean =>
    sourceOfSeller(settings, sellerId) === source && (only === undefined || only === sellerId)

/** A source that is asked for each SKU. It reads current stock, never cached. */
export interface SkuSource {
  /**
   * Yields pages of SKU ids, unsorted; an id may come twice. The list may shift during reading; no page is read twice.
   * Fails after the pages that could be read.
   */
  skuIds(mayBegin?: MayBegin, from?: ListCursor): AsyncIterable<ListedPage>
  /** Reads what is the same for all SKUs of a batch. */
  open(batch: SkuBatch): Promise<SkuBatchReader>
  /** How many SKUs to read at a time. */
  readonly concurrency: number
  /** Resolves when the calls for another SKU, or page of SKU ids, would start at once. */
  admission?(): Promise<void>
}

/** What an export reads of Centra; saved with its plan. */
export interface PageSelection {
  /** Only what changed from then on, UTC milliseconds; absent: all. */
  since?: number | undefined
  /** Only offers of SKUs from this id on. */
  startId?: number | undefined
  again: RetriedRow[]
}

/** A row that could not be read, and how often that failed. */
export interface RetriedRow {
  rowId: number
  attempts: number
}

/** Where reading continues. Only the source uses its fields. */
export const pageCursor = z.object({
  /** The index of the query. */
  query: z.number(),
  /** The next page, as the source names it; absent for the first. */
  page: z.string().optional(),
  /** Pages of this query so far, and the keys of one of them, to detect repeated pages. */
  pages: z.number(),
  mark: z.array(z.string()),
  /** How many pages in a row had no row. */
  empty: z.number(),
})

export type PageCursor = z.infer<typeof pageCursor>

export interface RowsReading {
  offers: ReadOffer[]
  failures: Failure[]
  /** Rows that have no VTEX SKU. */
  unmapped: Failure[]
}

type RowIdentity = { ean?: string | undefined; reference?: string | undefined }

export interface PagesReading extends RowsReading {
  rows: number
  pages: number
  /** Unused fields with a value of another type than documented. */
  unexpectedFields: string[]
  /** Where the next batch continues; absent at the end. */
  cursor?: PageCursor | undefined
}

/** A source that is read page by page. It reads current stock, never cached. */
export interface PagedSource {
  /** Reads a row by its id, and its identifiers if it is there. A row that is gone gives neither offer nor failure. */
  row(rowId: number): Promise<RowsReading & { identity?: RowIdentity | undefined }>
  /**
   * Reads at least one page, until `enough` returns true or the pages end. If a later page fails, returns the pages
   * before it.
   * @param enough called with the number of rows so far
   */
  read(
    selection: PageSelection,
    cursor: PageCursor | undefined,
    enough: (rows: number) => boolean
  ): Promise<PagesReading>
}

export interface Sources {
  own?: SkuSource | undefined
  centra?: PagedSource | undefined
  sellers?: SkuSource | undefined
  direct: DirectReads
}

export interface DirectReads {
  /** @throws {UpstreamError} `missing` for a SKU that does not exist */
  skuDetails(skuId: number): Promise<SkuDetails>
  /** The SKU that has this reference, EAN or id now, if any. */
  skuIdOf(identifier: SkuIdentifier, value: string): Promise<number | undefined>
  /** The sellers of VTEX's register, by id. */
  sellers(): Promise<ReadonlyMap<string, { isActive: boolean }>>
}

/** Refusals in a row that mean the whole source is refused. Fewer are failures of the items. */
export const MANY_IN_A_ROW = 20

/** An upstream refuses every request: a permanent failure that needs manual action. */
export class SourceRefusedError extends AppError {
  readonly code = codeOf('refused')
}

/** Whether an upstream refused one item: 400, 401, 403 or a redirect. */
export const isRefusal = ({ code }: ErrorSummary): boolean => code === codeOf('refused')

/** Whether an error concerns all items: the upstream's circuit is open, or the app has a bug. */
export const isSourceFailure = (thrown: unknown): boolean =>
  !(thrown instanceof UpstreamError) || thrown.kind === 'circuitOpen'

/**
 * Returns an error as the failure of one item, a refusal too: the caller finds out whether all items are refused.
 * @throws the error, if it concerns all items
 */
export function toItemFailure(thrown: unknown): ErrorSummary {
  if (isSourceFailure(thrown)) throw thrown
  return describe(thrown)
}
