import type { Failure, StockOffer } from '../offers/stockOffer'

/** A stock offer with what its name in Intershop is made of. */
export interface ReadOffer extends StockOffer {
  refId?: string | undefined
  ean?: string | undefined
}

/** What a source found out about one SKU: its offers, or that it could not be read. */
export type SkuReading = { offers: ReadOffer[] } | { failure: Failure }

/** The SKUs that are read between two saves. */
export interface SkuSlice {
  /** Sorted. */
  ids: readonly number[]
  /**
   * When it was last reported that a SKU itself changed, and not only its stock, in UTC milliseconds; 0 where
   * it was not. Without this, nothing that is known of the SKUs may be relied on.
   */
  modifiedAt?: (skuId: number) => number
}

/** Reads the SKUs of a slice. */
export interface SliceReader {
  /** @throws {UpstreamError} what concerns all SKUs; what concerns one is its failure */
  read(skuId: number): Promise<SkuReading>
  /** After the last one: keeps what spares later exports a call. @throws {StateError} */
  close(): Promise<void>
}

/** A place where offers are read. Reads stock now, every time. */
export interface Source {
  /** SKU ids to read, unsorted, in batches; an id may come twice. */
  skuIds(): AsyncIterable<readonly number[]>
  /**
   * Gets ready to read SKUs: what is the same for all of them is read here, once for a slice.
   * @throws {UpstreamError} {@link StateError}
   */
  open(slice: SkuSlice): Promise<SliceReader>
  /** How many SKUs are worth reading at a time. */
  readonly concurrency: number
}
