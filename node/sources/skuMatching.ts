import { z } from 'zod'
import type { Catalog } from '../clients/catalog'
import { oneLine } from '../clients/centraErrors'
import { isCurrent, isTrusted, toReadAgain } from '../common/freshness'
import type { Documents } from '../state/documents'
import { KeptById } from '../state/shardedStore'
import { Claims, type LookAtRow, Rivals, settle } from './conflictingRows'
import { LookUps } from './identifierLoaders'
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

/** What matches are read from. */
export interface MatchReads extends Pick<Catalog, 'skuByEan' | 'skuIdsByRefIds' | 'skuContext'> {
  row: LookAtRow
  /** Looks whether the catalog lets the app in at all. @throws {UpstreamError} `refused` where it does not */
  control(): Promise<void>
}

/** What is known around a slice. Moments are UTC milliseconds; 0 where nothing was reported. */
export interface AroundMatches {
  /** When a SKU was last reported modified. */
  modifiedAt: (skuId: number) => number
  /** When any SKU was. */
  modifiedLast: number
  /** Calls at a time. */
  concurrency: number
  now: () => number
}

/**
 * Finds the matches of the rows of one slice (up to some thousand rows, in any order): by EAN, else by full
 * SKU. What earlier exports found is remembered, and holds as far as nothing speaks against it; a seventh of
 * the slice, those looked up longest ago, is looked up again all the same. Where other rows are remembered to
 * lead to the same SKU, Centra is asked whether they still do.
 * @returns by `stockItemId`, for every row
 * @throws {UpstreamError} what concerns all rows; what was found until then is remembered
 * @throws {StateError}
 */
export async function matchRows(
  reads: MatchReads,
  documents: Documents,
  rows: readonly MatchedRow[],
  around: AroundMatches
): Promise<ReadonlyMap<number, Match>> {
  const byId = new Map(rows.map((row) => [row.stockItemId, row]))
  if (byId.size === 0) return new Map()
  const ids = [...byId.keys()]
  const matches = await KeptById.open(documents, 'matches', rememberedSchema, ids)
  const recalled = recall(matches, ids, around)
  const lookUps = new LookUps(reads, matches, recalled, around)
  const openClaims = () => Claims.open(documents, matches, ids, around.now())
  const save = async (claims: Claims) => {
    // Claims are saved first: a match without its claim would pass for the only one.
    await claims.save()
    await matches.save(recalled.isTrusted)
  }
  const find = async () => {
    await lookUps.run([...byId.values()].map(wantedOf))
    const claims = await openClaims()
    const rivals = new Rivals(reads.row, lookUps, matches, around.now)
    return { claims, settled: await settle(claims.contests(), byId, matches, rivals) }
  }
  const { claims, settled } = await find().catch(async (thrown: unknown) => {
    // Not to remember what was found until then costs calls; what stopped it has to be told.
    await openClaims()
      .then(save)
      .catch(() => undefined)
    throw thrown
  })
  await save(claims)

  const found = new Map<number, Match>()
  for (const [stockItemId, row] of byId) {
    const failed = lookUps.failed.get(stockItemId)
    const sku = matches.get(stockItemId)?.sku
    if (failed) found.set(stockItemId, { failed })
    else if (!sku) found.set(stockItemId, unmatched(row))
    else found.set(stockItemId, settled.get(stockItemId) ?? sku)
  }
  return found
}

const MOST_SHOWN = 60

/** A row that leads nowhere. */
export function unmatched(row: MatchedRow): Match {
  const ean = oneLine(row.ean ?? '', [], MOST_SHOWN)
  const reference = oneLine(fullSku(row), [], MOST_SHOWN)
  return { unmatched: 'unmatched', message: why(ean, reference) }
}

function why(ean: string, reference: string): string {
  if (ean && reference) return `VTEX knows neither EAN ${ean} nor reference ${reference}`
  if (ean) return `VTEX does not know EAN ${ean}, and the row has no SKU`
  if (reference) return `VTEX does not know reference ${reference}, and the row has no EAN`
  return 'the row has neither an EAN nor a SKU'
}

/**
 * An active row that leads where another one does.
 * @param isUnasked whether the other one was not asked for, since too many were already
 */
export const ambiguous = (
  stockItemId: number,
  rival: number,
  skuId: number,
  isUnasked = false
): Match => ({
  unmatched: 'ambiguous',
  message: `stock items ${stockItemId} and ${rival} both lead to SKU ${skuId}${isUnasked ? NOT_ASKED : ''}`,
})

const NOT_ASKED = '; too many such items to ask whether the second still exists'

/** A row that is inactive, and leads where another one does. */
export const inactive = (stockItemId: number, rival: number, skuId: number): Match => ({
  unmatched: 'inactive',
  message: `stock item ${stockItemId} is inactive, and stock item ${rival} is SKU ${skuId}`,
})

/** What is remembered of a row, by `stockItemId`. Moments in UTC milliseconds, before the call. */
export const rememberedSchema = z.object({
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

export type Remembered = z.infer<typeof rememberedSchema>

/** Of a row that is gone: it leads nowhere, and is not kept. */
export const forgotten: Remembered = { readAt: 0 }

/** By what a row is looked for. */
export interface Wanted {
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

export const wantedOf = (row: MatchedRow): Wanted => ({
  stockItemId: row.stockItemId,
  ean: usable(row.ean?.trim() ?? ''),
  reference: usable(fullSku(row)),
})

/** Says of what is remembered of a slice's rows what still holds. */
export function recall(
  matches: KeptById<Remembered>,
  ids: readonly number[],
  { modifiedAt, modifiedLast, now }: AroundMatches
) {
  const openedAt = now()
  const again = toReadAgain(ids, (id) => matches.get(id)?.readAt, openedAt)
  return {
    /** What is remembered of the row as it is now. */
    of: ({ stockItemId, ean, reference }: Wanted): Remembered | undefined => {
      const known = matches.get(stockItemId)
      return known?.ean === ean && known?.reference === reference ? known : undefined
    },
    /** That its SKU is as it was read. */
    skuHolds: (stockItemId: number, { sku, readAt }: Remembered): boolean =>
      sku !== undefined &&
      !again.has(stockItemId) &&
      isCurrent(readAt, modifiedAt(sku.skuId), openedAt),
    /** That what VTEX did not know it still does not: any SKU may have got the EAN or the reference. */
    unknownHolds: (stockItemId: number, { unknownAt }: Remembered): boolean =>
      unknownAt !== undefined &&
      !again.has(stockItemId) &&
      isCurrent(unknownAt, modifiedLast, openedAt),
    isTrusted: ({ readAt }: Remembered) => isTrusted(readAt, openedAt),
  }
}

export type Recall = ReturnType<typeof recall>
