import { z } from 'zod'
import type { Catalog } from '../clients/catalog'
import { isFresh, isValid, refreshSample } from '../common/freshness'
import type { ShardedStore } from '../state/shardedStore'
import type { ReadFailure } from './itemFailure'

/**
 * The VTEX SKU that a row of Centra's stock is, or why there is none: VTEX knows neither its EAN nor its
 * full SKU; another active row is the same SKU; or it is inactive, and another row is the SKU; or that this
 * could not be found out now.
 */
export type Match =
  | { skuId: number; isActive: boolean; refId?: string | undefined; ean?: string | undefined }
  | { unmatched: 'unmatched' | 'ambiguous' | 'inactive'; message: string }
  | { failed: ReadFailure }

/** What is needed of a row of Centra's stock. */
export interface MatchedRow {
  stockItemId: number
  sku: string
  variantSku: string
  sizeSku: string
  ean?: string | undefined
  active: boolean
}

/** What is known around a slice. Moments are UTC milliseconds; 0 where nothing was reported. */
export interface MatchingContext {
  /** When a SKU was last reported modified. */
  modifiedAt: (skuId: number) => number
  /** When any SKU was. */
  modifiedLast: number
  /** Calls at a time. */
  concurrency: number
  now: () => number
}

/** What is remembered of a row, by `stockItemId`. Moments in UTC milliseconds, before the call. */
export const cachedMatchSchema = z.object({
  /** What was looked for. */
  ean: z.string().optional(),
  reference: z.string().optional(),
  /** The SKU that it leads to, whoever else leads there; none for a row that is unmatched. */
  sku: z
    .object({
      skuId: z.number().int(),
      isActive: z.boolean(),
      refId: z.string().optional(),
      ean: z.string().optional(),
    })
    .optional(),
  readAt: z.number(),
  /** When VTEX last knew no SKU with the EAN; and none with the reference either, if there is no `sku`. */
  unknownAt: z.number().optional(),
  /** Another stock item that was last seen to lead to the same SKU. */
  rival: z.number().optional(),
})

export type CachedMatch = z.infer<typeof cachedMatchSchema>

/** Of a row that is gone: it leads nowhere, and is not kept. */
export const noMatch: CachedMatch = { readAt: 0 }

/** By what a row is looked for. */
export interface Identifiers {
  stockItemId: number
  ean?: string | undefined
  reference?: string | undefined
}

/** VTEX's fields take less. */
const LONGEST = 255

const usable = (text: string): string | undefined =>
  text.trim() && text.length <= LONGEST ? text : undefined

/** Centra: the full SKU of a size is those of product, variant and size, one after the other. */
export const fullSku = ({ sku, variantSku, sizeSku }: MatchedRow) => sku + variantSku + sizeSku

export const identifiersOf = (row: MatchedRow): Identifiers => ({
  stockItemId: row.stockItemId,
  ean: usable(row.ean?.trim() ?? ''),
  reference: usable(fullSku(row)),
})

/** Says of what is remembered of a slice's rows what still holds. */
export function validityOf(
  matches: ShardedStore<CachedMatch>,
  ids: readonly number[],
  { modifiedAt, modifiedLast, now }: MatchingContext
) {
  const openedAt = now()
  const again = refreshSample(ids, (id) => matches.get(id)?.readAt, openedAt)
  return {
    /** What is remembered of the row as it is now. */
    of: ({ stockItemId, ean, reference }: Identifiers): CachedMatch | undefined => {
      const known = matches.get(stockItemId)
      return known?.ean === ean && known?.reference === reference ? known : undefined
    },
    /** That its SKU is as it was read. */
    skuHolds: (stockItemId: number, { sku, readAt }: CachedMatch): boolean =>
      sku !== undefined &&
      !again.has(stockItemId) &&
      isValid(readAt, modifiedAt(sku.skuId), openedAt),
    /** That what VTEX did not know it still does not: any SKU may have got the EAN or the reference. */
    unknownHolds: (stockItemId: number, { unknownAt }: CachedMatch): boolean =>
      unknownAt !== undefined &&
      !again.has(stockItemId) &&
      isValid(unknownAt, modifiedLast, openedAt),
    isTrusted: ({ readAt }: CachedMatch) => isFresh(readAt, openedAt),
  }
}

export type Validity = ReturnType<typeof validityOf>

/**
 * A row as Centra has it now, asked for by its id; undefined where there is none.
 * @throws {UpstreamError} also where it is there and cannot be understood
 */
export type LookAtRow = (stockItemId: number) => Promise<MatchedRow | undefined>

/** What matches are read from. */
export interface MatchReads extends Pick<Catalog, 'skuByEan' | 'skuIdsByRefIds' | 'skuDetails'> {
  row: LookAtRow
  /** Looks whether the catalog lets the app in at all. @throws {UpstreamError} `refused` where it does not */
  control(): Promise<void>
}
