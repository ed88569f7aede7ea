import { z } from 'zod'
import type { SkuDetails } from '../clients/catalog'
import type { SkuIdentifier } from '../offers/offerSku'
import type { Failure, MappedOffer, StockOffer } from '../offers/stockOffer'
import type { ListCursor, ListedPage, MayBegin } from './paginate'

/** A stock offer with what its name in Intershop is made of. */
export interface ReadOffer extends StockOffer {
  refId?: string | undefined
  ean?: string | undefined
  /** The row of Centra's stock that it was read from. */
  rowId?: number | undefined
}

/**
 * What a source found out about one SKU: its offers, and what could not be read: a failure for each seller that
 * is known to have an offer, else one.
 */
export interface SkuReading {
  offers: ReadOffer[]
  failures: Failure[]
  /** Offers that are no more, by the names that Intershop knows. */
  removed?: readonly MappedOffer[]
  /** Its stock had not to be asked for, so it does not show that the upstream lets the app in. */
  unasked?: boolean
  /** The SKU, where nobody vouched for its id and VTEX does not know it. */
  unknown?: number
}

/** The SKUs that are read between two saves. */
export interface SkuBatch {
  /** Sorted. */
  ids: readonly number[]
  /**
   * When it was last reported that a SKU itself changed, and not only its stock, in UTC milliseconds; 0 where
   * it was not. Without this, nothing that is known of the SKUs may be relied on.
   */
  modifiedAt?: (skuId: number) => number
}

/** Reads the SKUs of a slice. */
export interface SkuBatchReader {
  /** @throws {UpstreamError} what concerns all SKUs; what concerns one is its failure */
  read(skuId: number): Promise<SkuReading>
  /** After the last one: keeps what spares later exports a call. @throws {StateError} */
  close(): Promise<void>
}

/**
 * Where stock is read, by name: the account's own, Centra's, and that of the marketplace's other sellers. Each
 * seller has exactly one of them. They are read in this order.
 */
export const STOCK_SOURCES = ['own', 'centra', 'sellers'] as const

export type StockSource = (typeof STOCK_SOURCES)[number]

/** What an export reads apart; last of all the rows of Centra that the ledger has and no page showed. */
export const SOURCES = [...STOCK_SOURCES, 'centraRows'] as const

export type SourceName = (typeof SOURCES)[number]

/** Those that are asked for each SKU. Centra is read by pages. */
export const SKU_SOURCES = ['own', 'sellers', 'centraRows'] as const satisfies readonly SourceName[]

export type SkuSourceName = (typeof SKU_SOURCES)[number]

/** Those of them that are asked for what changed. */
export const CHANGING_SOURCES = ['own', 'sellers'] as const satisfies readonly SkuSourceName[]

/** Whose offers it reads. */
export const stockSourceOf = (name: SourceName): StockSource =>
  name === 'centraRows' ? 'centra' : name

export const isSkuSource = (name: SourceName): name is SkuSourceName => name !== 'centra'

/** A source that is asked for each SKU. Reads stock now, every time. */
export interface SkuSource {
  /**
   * SKU ids to read, page by page, unsorted; an id may come twice. The list may shift meanwhile: no page is read
   * twice for that.
   * @throws {UpstreamError} after the pages that could be read
   */
  skuIds(mayBegin?: MayBegin, from?: ListCursor): AsyncIterable<ListedPage>
  /**
   * Gets ready to read SKUs: what is the same for all of them is read here, once for a slice.
   * @throws {UpstreamError} {@link StateError}
   */
  open(slice: SkuBatch): Promise<SkuBatchReader>
  /** How many SKUs are worth reading at a time. */
  readonly concurrency: number
  /** Resolves when the calls of another SKU, or page of SKU ids, would not wait for others before they begin. */
  admission?(): Promise<void>
}

/** What an export asks of a source that is read by pages; saved with its plan. */
export interface PageSelection {
  /** Only what changed from then on, UTC milliseconds; absent: all. */
  since?: number | undefined
  /** Only offers of SKUs from this id on. */
  startId?: number | undefined
  /** Rows that could not be read before, to be asked for once more, and how often that failed. */
  again: RetriedRow[]
}

/** A row that could not be read, by the id that its source gives it. */
export interface RetriedRow {
  rowId: number
  attempts: number
}

/** Where reading goes on; what it says is the source's own matter. */
export const pageCursor = z.object({
  /** Of the queries that the selection comes to, the one under way. */
  query: z.number(),
  /** The page that comes next, as the source names it; absent for the first. */
  page: z.string().optional(),
  /** Pages of this query so far, and what one of them is known by, to notice a circle. */
  pages: z.number(),
  mark: z.array(z.string()),
  /** How many pages brought no row, one after another, up to this one. */
  empty: z.number(),
})

export type PageCursor = z.infer<typeof pageCursor>

/** What rows told. */
export interface RowsReading {
  offers: ReadOffer[]
  /** Rows that could not be read. */
  failures: Failure[]
  /** Rows that are no SKU of VTEX. */
  unmapped: Failure[]
}

/** Rows that were asked for by their ids. */
export interface SingleRows extends RowsReading {
  /** What they say that they are. */
  identities: ReadonlyArray<{ ean?: string | undefined; reference?: string | undefined }>
}

/** What a slice of pages held. */
export interface PagesReading extends RowsReading {
  /** Rows that it told of. */
  rows: number
  pages: number
  /** Fields that are not used, of which some value is of another type than documented. */
  unexpectedFields: string[]
  /** Where the next slice goes on; absent at the end. */
  cursor?: PageCursor | undefined
}

/** A source that is read page by page. Reads stock now, every time. */
export interface PagedSource {
  /**
   * Reads rows by their ids, each on its own: one that is not there is nothing, not even a failure.
   * @throws {UpstreamError} {@link StateError}
   */
  rows(rowIds: readonly number[]): Promise<SingleRows>
  /**
   * Reads pages until `enough` says so, and always at least one, or to the end; or until the upstream is down:
   * then what was read before.
   * @param enough asked with the number of rows so far
   * @throws {UpstreamError} where nothing could be read
   * @throws {StateError}
   */
  read(
    selection: PageSelection,
    cursor: PageCursor | undefined,
    enough: (rows: number) => boolean
  ): Promise<PagesReading>
}

/** Where an export reads. */
export interface Sources {
  own?: SkuSource | undefined
  centra?: PagedSource | undefined
  sellers?: SkuSource | undefined
  direct: DirectReads
}

/** What is asked of VTEX about single SKUs and sellers. */
export interface DirectReads {
  /** @throws {UpstreamError} `missing` for a SKU that does not exist */
  skuDetails(skuId: number): Promise<SkuDetails>
  /** The SKU that has this reference, EAN or id now, if any. @throws {UpstreamError} */
  skuIdOf(identifier: SkuIdentifier, value: string): Promise<number | undefined>
  /** The sellers of VTEX's register. @throws {UpstreamError} */
  sellerIds(): Promise<ReadonlySet<string>>
  /** The sellers that VTEX's register says are not active. @throws {UpstreamError} */
  inactiveSellers(): Promise<ReadonlySet<string>>
}
