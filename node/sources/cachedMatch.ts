import { z } from 'zod'
import type { Catalog } from '../clients/catalog'
import { isFresh, isValid, refreshSample } from '../common/freshness'
import type { ShardedStore } from '../state/shardedStore'
import type { ReadFailure } from './itemFailure'

/**
 * The VTEX SKU of a Centra row, or why it has none:
 * - `unmatched`: VTEX knows neither its EAN nor its full SKU
 * - `ambiguous`: another active row has the same SKU
 * - `inactive`: it is inactive, and another row has the SKU
 * - `failed`: it could not be looked up now
 */
export type Match =
  | NonNullable<CachedMatch['sku']>
  | { unmatched: 'unmatched' | 'ambiguous' | 'inactive'; message: string }
  | { failed: ReadFailure }

/** What matching needs of a Centra row. */
export interface MatchedRow {
  stockItemId: number
  sku: string
  variantSku: string
  sizeSku: string
  ean?: string | undefined
  active: boolean
}

/** What matching needs besides the rows. Times: UTC milliseconds, 0 if nothing was reported. */
export interface MatchingContext {
  /** When a SKU was last reported modified. */
  modifiedAt: (skuId: number) => number
  /** When any SKU was last reported modified. */
  modifiedLast: number
  /** Calls at a time. */
  concurrency: number
  now: () => number
}

/**
 * The cached match of a row, by `stockItemId`. Times are UTC milliseconds, taken before the call.
 */
export const cachedMatchSchema = z.object({
  /** The identifiers that were looked up. */
  ean: z.string().optional(),
  reference: z.string().optional(),
  /** The SKU that they lead to, even if other rows lead there too; absent if unmatched. */
  sku: z
    .object({
      skuId: z.number().int(),
      isActive: z.boolean(),
      refId: z.string().optional(),
      ean: z.string().optional(),
    })
    .optional(),
  readAt: z.number(),
  /** When VTEX last had no SKU with the EAN; without `sku`, with the reference neither. */
  unknownAt: z.number().optional(),
  /** Another stock item that last led to the same SKU. */
  conflictsWith: z.number().optional(),
})

export type CachedMatch = z.infer<typeof cachedMatchSchema>

/** Set for a removed row, so that its entry is dropped. */
export const noMatch: CachedMatch = { readAt: 0 }

/** By what a row is looked up in VTEX. */
export interface Identifiers {
  stockItemId: number
  ean?: string | undefined
  reference?: string | undefined
}

/** VTEX's fields are shorter. */
const MAX_LENGTH = 255

const usable = (text: string): string | undefined =>
  text.trim() && text.length <= MAX_LENGTH ? text : undefined

/** Centra: the full SKU of a size concatenates those of product, variant and size. */
export const fullSku = ({ sku, variantSku, sizeSku }: MatchedRow) => sku + variantSku + sizeSku

/** The identifiers of a row; those that VTEX's fields cannot hold are left out. */
export const identifiersOf = (row: MatchedRow): Identifiers => ({
  stockItemId: row.stockItemId,
  ean: usable(row.ean?.trim() ?? ''),
  reference: usable(fullSku(row)),
})

/** Returns functions that tell which cached matches of a batch's rows are still valid. */
export function validityOf(
  matches: ShardedStore<CachedMatch>,
  ids: readonly number[],
  { modifiedAt, modifiedLast, now }: MatchingContext
) {
  const openedAt = now()
  const refreshed = refreshSample(ids, (id) => matches.get(id)?.readAt, openedAt)
  const holds = (stockItemId: number, readAt: number, modified: number) =>
    !refreshed.has(stockItemId) && isValid(readAt, modified, openedAt)
  return {
    /** The cached match, if the row still has the same identifiers. */
    of: ({ stockItemId, ean, reference }: Identifiers): CachedMatch | undefined => {
      const known = matches.get(stockItemId)
      return known?.ean === ean && known?.reference === reference ? known : undefined
    },
    /** True if its SKU is unchanged. */
    skuHolds: (stockItemId: number, { sku, readAt }: CachedMatch): boolean =>
      sku !== undefined && holds(stockItemId, readAt, modifiedAt(sku.skuId)),
    /**
     * True if VTEX still has no such SKU: no SKU was modified since, so none got the identifiers.
     */
    unknownHolds: (stockItemId: number, { unknownAt }: CachedMatch): boolean =>
      unknownAt !== undefined && holds(stockItemId, unknownAt, modifiedLast),
    isTrusted: ({ readAt }: CachedMatch) => isFresh(readAt, openedAt),
  }
}

export type Validity = ReturnType<typeof validityOf>

/**
 * Reads a row from Centra by its id; undefined if there is none.
 * @throws {UpstreamError} `malformed` if it cannot be understood
 */
export type LookAtRow = (stockItemId: number) => Promise<MatchedRow | undefined>

/** The calls that matching makes. */
export interface MatchReads extends Pick<Catalog, 'skuByEan' | 'skuIdsByRefIds' | 'skuDetails'> {
  row: LookAtRow
  /** @throws {UpstreamError} `refused` if the catalog rejects all of the app's requests */
  control(): Promise<void>
}
