import { z } from 'zod'
import type { ChangeIndex } from '../changes/changeIndex'
import { type Catalog, skuFields } from '../clients/catalog'
import type { ErrorSummary } from '../common/errors'

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
  | { failed: ErrorSummary }

export interface MatchedRow {
  stockItemId: number
  sku: string
  variantSku: string
  sizeSku: string
  ean?: string | undefined
  active: boolean
}

/**
 * Reads a row from Centra by its id; undefined if there is none.
 * @throws {UpstreamError} `malformed` if it cannot be understood
 */
export type LookAtRow = (stockItemId: number) => Promise<MatchedRow | undefined>

/** What matching needs besides the rows: when SKUs were modified, the time, and whom it asks. */
export interface MatchingContext extends Pick<ChangeIndex, 'modifiedAt' | 'lastModified'> {
  concurrency: number
  now: () => number
  catalog: Pick<Catalog, 'skuByEan' | 'skuIdsByRefIds' | 'skuDetails'>
  row: LookAtRow
  /** @throws {UpstreamError} `refused` if the catalog rejects all of the app's requests */
  control(): Promise<void>
}

/** The cached match of a row, by `stockItemId`. Times are UTC milliseconds, taken before the call. */
export const cachedMatchSchema = z.object({
  /** The identifiers that were looked up. */
  ean: z.string().optional(),
  reference: z.string().optional(),
  /** The SKU that they lead to, even if other rows lead there too; absent if unmatched. */
  sku: skuFields
    .pick({ isActive: true, refId: true, ean: true })
    .extend({ skuId: z.number().int() })
    .optional(),
  readAt: z.number(),
  /** When VTEX last had no SKU with the EAN; without `sku`, with the reference neither. */
  unknownAt: z.number().optional(),
  /** Another stock item that last led to the same SKU. */
  conflictsWith: z.number().optional(),
})

export type CachedMatch = z.infer<typeof cachedMatchSchema>

/** By what a row is looked up in VTEX. */
export interface Identifiers extends Pick<CachedMatch, 'ean' | 'reference'> {
  stockItemId: number
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
