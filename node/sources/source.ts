import type { Failure, StockOffer } from '../offers/stockOffer'

/** A stock offer with what its name in Intershop is made of. */
export interface ReadOffer extends StockOffer {
  refId?: string | undefined
  ean?: string | undefined
}

/** What a source found out about one SKU: its offers, or that it could not be read. */
export type SkuReading = { offers: ReadOffer[] } | { failure: Failure }

/** A place where offers are read. Reads now, every time; keeps nothing. */
export interface Source {
  /** SKU ids to read, unsorted, in batches; an id may come twice. */
  skuIds(): AsyncIterable<readonly number[]>
  /**
   * Gets ready to read SKUs: what is the same for all of them is read here, once for a slice.
   * @throws {UpstreamError}
   */
  open(): Promise<(skuId: number) => Promise<SkuReading>>
  /** How many SKUs are worth reading at a time. */
  readonly concurrency: number
}
